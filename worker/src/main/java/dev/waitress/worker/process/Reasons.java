package dev.waitress.worker.process;

import java.io.Closeable;

/**
 * Why workers are replaced that live.
 *
 * @param changes of the files that the application is made of, for development
 * @param memory that one takes
 */
public record Reasons(Changes changes, MemoryWatch memory) implements Closeable {
    @Override
    public void close() {
        changes.close();
        memory.close();
    }
}
