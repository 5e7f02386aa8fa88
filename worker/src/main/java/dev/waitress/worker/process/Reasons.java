package dev.waitress.worker.process;

import java.io.Closeable;

/**
 * Why workers are replaced that live.
 *
 * @param changes of the files that the application is made of, for development
 * @param touch of the file that an operator touches
 * @param memory that one takes
 */
public record Reasons(Changes changes, Changes touch, MemoryWatch memory) implements Closeable {
    @Override
    public void close() {
        changes.close();
        touch.close();
        memory.close();
    }
}
