package dev.waitress.cli;

import dev.waitress.GatewayStarter;
import dev.waitress.worker.ApplicationLogging;
import dev.waitress.worker.WorkerConfig;
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

    private final ApplicationLogging workers;
    private final Handler before;

    private WorkerLog(ApplicationLogging workers, Handler before) {
        this.workers = workers;
        this.before = before;
    }

    /** Starts workers that have set up logging for all, and takes the place of every handler then. */
    static GatewayStarter starter(WorkerConfig config) {
        return (loop, directory) -> {
            WorkerGateway gateway = WorkerGateway.start(config, loop, directory);
            install(gateway.logging());
            return gateway;
        };
    }

    private static void install(ApplicationLogging workers) {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
            ROOT.addHandler(new WorkerLog(workers, handler));
        }
        ConsoleLog.show(PythonRecord.level(workers.level()));
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            workers.log(PythonRecord.of(logged), () -> before.publish(logged));
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
