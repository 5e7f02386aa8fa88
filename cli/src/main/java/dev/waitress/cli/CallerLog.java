package dev.waitress.cli;

import dev.waitress.log.BackgroundWriter;
import dev.waitress.worker.Caller;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Log records for the Python process that started us: its logging decides what becomes of them. A thread of its own
 * sends them, because Python may be too busy to read, and no request must wait for that; what does not fit the queue is
 * dropped.
 */
final class CallerLog extends Handler {
    /** Held here, because the logging system itself would let a logger go that nobody holds. */
    private static final Logger WAITRESS = Logger.getLogger("waitress");

    private static final int MOST_WAITING = 1000;

    /** Python's levels. */
    private static final int DEBUG = 10;

    private static final int INFO = 20;
    private static final int WARNING = 30;
    private static final int ERROR = 40;

    private static final long LAST_WORDS_MILLIS = 1000;

    private final Caller caller;
    private final SimpleFormatter formatter = new SimpleFormatter();
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
        WAITRESS.setLevel(
                pythonLevel > ERROR
                        ? Level.OFF
                        : pythonLevel > WARNING
                                ? Level.SEVERE
                                : pythonLevel > INFO ? Level.WARNING : pythonLevel > DEBUG ? Level.INFO : Level.FINE);
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            boolean unused = sender.offer(logged);
        }
    }

    private void send(LogRecord logged) {
        try {
            caller.log(
                    level(logged.getLevel()),
                    String.valueOf(logged.getLoggerName()),
                    formatter.formatMessage(logged),
                    trace(logged.getThrown()));
        } catch (IOException e) {
            // Python is gone, and so will we be.
        }
    }

    private static int level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return ERROR;
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return WARNING;
        }
        return level.intValue() >= Level.INFO.intValue() ? INFO : DEBUG;
    }

    private static String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
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
