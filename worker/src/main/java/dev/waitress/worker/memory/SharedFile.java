package dev.waitress.worker.memory;

import dev.waitress.buffer.FileMapping;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of memory that a worker shares, mapped until the worker is gone and nothing of it waits for a client. Only the
 * kernel touches the mapping: the worker may take the memory away at any time, and then a read or write fails, but no
 * instruction of ours does. Event loop only.
 */
final class SharedFile implements Closeable {
    private final FileChannel file;
    private final FileMapping memory;

    /** One for the worker, one for each part that waits for its client. */
    private int users = 1;

    /**
     * Maps a file for its worker.
     *
     * @throws IllegalArgumentException if the file is not that large
     */
    SharedFile(Path path, long bytes) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (file.size() < bytes) {
                throw new IllegalArgumentException("shared memory of " + file.size() + " instead of " + bytes);
            }
            memory = FileMapping.of(file, bytes);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** A part of it for one more user, who closes this when it is not needed any more. */
    ByteBuffer lend(long position, int count) {
        users++;
        return memory.bytes(position, count);
    }

    /** Reads without the mapping; returns how many bytes, less than zero at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    void write(ByteBuffer source, long position) throws IOException {
        file.write(source, position);
    }

    /** One user needs it no longer. */
    @Override
    public void close() throws IOException {
        users--;
        if (users == 0) {
            try (file) {
                memory.giveBack();
            }
        }
    }
}
