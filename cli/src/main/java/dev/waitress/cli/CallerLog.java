package dev.waitress.cli;

import dev.waitress.log.BackgroundWriter;
import dev.waitress.worker.Caller;
import java.io.IOException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Log records for the Python process that started us: its logging decides what becomes of them. A thread of its own
 * sends them, because Python may be too busy to read, and no request must wait for that; what does not fit the queue is
 * dropped.
 */
final class CallerLog extends Handler {
    /** Held here, because the logging system itself would let a logger go that nobody holds. */
    private static final Logger WAITRESS = Logger.getLogger("waitress");

    private static final int MOST_WAITING = 1000;

    private static final long LAST_WORDS_MILLIS = 1000;

    private final Caller caller;
    private final BackgroundWriter<LogRecord> sender = new BackgroundWriter<>("waitress-log", MOST_WAITING, this::send);

    private CallerLog(Caller caller) {
        this.caller = caller;
    }

    /** Sends everything of ours, and warnings of the rest. */
    static CallerLog install(Caller caller) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        CallerLog log = new CallerLog(caller);
        root.addHandler(log);
        root.setLevel(Level.WARNING);
        WAITRESS.setLevel(Level.INFO);
        return log;
    }

    /** Keeps back what Python would not show. */
    void follow(int pythonLevel) {
        WAITRESS.setLevel(PythonRecord.level(pythonLevel));
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            boolean unused = sender.offer(logged);
        }
    }

    private void send(LogRecord logged) {
        try {
            caller.log(PythonRecord.of(logged));
        } catch (IOException e) {
            // Python is gone, and so will we be.
        }
    }

    @Override
    public void flush() {}

    /** Called when the process ends. */
    @Override
    public void close() {
        try {
            sender.close(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
