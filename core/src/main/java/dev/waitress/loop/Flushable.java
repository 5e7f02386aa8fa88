package dev.waitress.loop;

/** Has output, or something to do once its output is sent, at the end of a turn in which it has said so. */
@FunctionalInterface
public interface Flushable {
    /** Sends what can leave. Event loop only. */
    void flush();
}
