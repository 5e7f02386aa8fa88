package dev.waitress;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What the server logs while this is open; shown nowhere else. */
public final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("waitress");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    public LogCapture() {
        this(Level.INFO);
    }

    /** With records of less than INFO too. */
    public LogCapture(Level least) {
        setLevel(least);
        logger.setLevel(least);
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** Level, logger and message of every record. */
    public List<String> lines() {
        return records.stream()
                .map(r -> r.getLevel() + ":" + r.getLoggerName() + ":" + r.getMessage())
                .toList();
    }

    /** The exception that was logged last. */
    public @Nullable Throwable thrown() {
        return records.get(records.size() - 1).getThrown();
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            records.add(logged);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
        logger.setUseParentHandlers(true);
    }
}
