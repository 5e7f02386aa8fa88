package dev.waitress.cli;

import dev.waitress.worker.WorkerGateway;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Log records for the logging that an ini file has set up in the workers: one of them handles each record. What no
 * worker takes goes where everything went before. Thread-safe.
 */
final class WorkerLog extends Handler {
    private static final Logger ROOT = Logger.getLogger("");

    private final WorkerGateway gateway;
    private final Handler before;

    private WorkerLog(WorkerGateway gateway, Handler before) {
        this.gateway = gateway;
        this.before = before;
    }

    /** Takes the place of every handler. */
    static void install(WorkerGateway gateway) {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
            ROOT.addHandler(new WorkerLog(gateway, handler));
        }
        ConsoleLog.show(PythonRecord.level(gateway.logLevel()));
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            gateway.log(PythonRecord.of(logged), () -> before.publish(logged));
        }
    }

    @Override
    public void flush() {
        before.flush();
    }

    @Override
    public void close() {
        before.close();
    }
}
