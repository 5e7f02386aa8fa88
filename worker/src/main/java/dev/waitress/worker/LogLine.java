package dev.waitress.worker;

/**
 * A log record of the front for Python's logging.
 *
 * @param level as Python numbers them
 * @param logger its name
 * @param message as the front words it
 * @param trace a stack trace, or nothing
 */
public record LogLine(int level, String logger, String message, String trace) {
    /** Four items of a tuple. */
    void write(MarshalWriter writer) {
        writer.integer(level);
        writer.text(logger);
        writer.text(message);
        writer.text(trace);
    }
}
