package dev.waitress.worker;

import dev.waitress.worker.wire.MarshalWriter;

/**
 * A log record of the front for Python's logging.
 *
 * @param level as Python numbers them
 * @param logger its name
 * @param message as the front words it
 * @param trace a stack trace, or nothing
 */
public record LogLine(int level, String logger, String message, String trace) {
    /** Characters of a message, and of a trace. */
    private static final int MOST = 64 * 1024;

    public LogLine {
        message = shortened(message);
        trace = shortened(trace);
    }

    private static String shortened(String text) {
        int left = text.length() - MOST;
        return left <= 0
                ? text
                : text.substring(0, MOST / 2) + "[... " + left + " more characters ...]"
                        + text.substring(text.length() - MOST / 2);
    }

    /** Four items of a tuple. */
    void write(MarshalWriter writer) {
        writer.integer(level);
        writer.text(logger);
        writer.text(message);
        writer.text(trace);
    }
}
