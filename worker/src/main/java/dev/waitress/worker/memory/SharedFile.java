package dev.waitress.worker.memory;

import dev.waitress.buffer.FileMapping;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of memory that a worker shares, mapped until the worker is gone and nothing of it waits for a client. Only the
 * kernel touches the mapping: the worker may take the memory away at any time, and then a read or write fails, but no
 * instruction of ours does. Where there is no room to map it, what is lent is read from it. Event loop only.
 */
final class SharedFile implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** Maps a file of so many bytes. */
    @FunctionalInterface
    interface Mapper {
        FileMapping map(FileChannel file, long bytes) throws IOException;
    }

    private final FileChannel file;
    private final @Nullable FileMapping memory;

    /** One for the worker, one for each part that waits for its client. */
    private int users = 1;

    /**
     * Maps a file for its worker.
     *
     * @throws IllegalArgumentException if the file is not that large
     */
    SharedFile(Path path, long bytes, Mapper mapper) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (file.size() < bytes) {
                throw new IllegalArgumentException("shared memory of " + file.size() + " instead of " + bytes);
            }
            memory = mapped(mapper, bytes);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private @Nullable FileMapping mapped(Mapper mapper, long bytes) {
        try {
            return mapper.map(file, bytes);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "no room to map what a worker shares: it is read instead: " + e.getMessage());
            return null;
        }
    }

    /** A part of it for one more user, who closes this when it is not needed any more. */
    ByteBuffer lend(long position, int count) throws IOException {
        ByteBuffer part = memory == null ? read(position, count) : memory.bytes(position, count);
        users++;
        return part;
    }

    /**
     * Reads a part without the mapping.
     *
     * @throws EOFException if the worker has taken it back
     */
    ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(count);
        while (part.hasRemaining()) {
            if (file.read(part, position + part.position()) < 0) {
                throw new EOFException("a worker has taken back what was to be sent");
            }
        }
        return part.flip();
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
                if (memory != null) {
                    memory.giveBack();
                }
            }
        }
    }
}
