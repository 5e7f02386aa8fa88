package dev.waitress.buffer;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Part of a file, sent without passing through this process where the system can do that, unless the receiver is on
 * this machine ({@link #sendLocally}).
 */
public final class FileRegion extends Segment {
    /** Most bytes handed on at once: other channels have their turn too. */
    private static final long MOST_AT_ONCE = 1024 * 1024;

    private final FileChannel file;
    private final Closeable whenDone;
    private long position;
    private long remaining;
    private final @Nullable Object key;
    private @Nullable LocalFiles local;
    private @Nullable FileMapping mapping;

    /**
     * Bytes of a file from a position on; its own position is not used.
     *
     * @param whenDone called once, when the bytes are sent or dropped; closes the file if that is wanted
     */
    public FileRegion(FileChannel file, long position, long bytes, Closeable whenDone) {
        this(file, position, bytes, whenDone, null);
    }

    private FileRegion(FileChannel file, long position, long bytes, Closeable whenDone, @Nullable Object key) {
        this.key = key;
        this.file = file;
        this.position = position;
        this.remaining = bytes;
        this.whenDone = whenDone;
    }

    /**
     * The same bytes of a file that can be told from others, so that it may stay in memory.
     *
     * @param fileKey equal for the same file only, as long as that is open or mapped
     */
    public FileRegion knownAs(Object fileKey) {
        return new FileRegion(file, position, remaining, whenDone, fileKey);
    }

    /** From now on the bytes are sent as suits a receiver on this machine. */
    public void sendLocally(LocalFiles files) {
        local = files;
        mapping = key == null ? null : files.find(key, file);
    }

    @Override
    public Segment handedOver(Executor owner) {
        return new FileRegion(file, position, remaining, () -> owner.execute(this::discard), key);
    }

    @Override
    public long remaining() {
        return remaining;
    }

    @Override
    public void truncate(long bytes) {
        remaining = Math.min(remaining, bytes);
    }

    @Override
    public long writeTo(WritableByteChannel target) throws IOException {
        long sent = send(target, Math.min(remaining, MOST_AT_ONCE));
        if (sent == 0 && position >= file.size()) {
            throw new EOFException("the file has shrunk: " + remaining + " bytes of the response are missing");
        }
        position += sent;
        remaining -= sent;
        return sent;
    }

    private long send(WritableByteChannel target, long most) throws IOException {
        if (mapping != null) {
            // What the file has lost since would be sent as zeros up to the end of its page.
            long there = Math.min(most, file.size() - position);
            return there <= 0 ? 0 : target.write(mapping.bytes(position, there));
        }
        return local == null ? file.transferTo(position, most, target) : copy(target, local.buffer(), most);
    }

    private long copy(WritableByteChannel target, ByteBuffer buffer, long most) throws IOException {
        long sent = 0;
        while (sent < most) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), most - sent));
            if (file.read(buffer, position + sent) < 0) {
                break;
            }
            sent += target.write(buffer.flip());
            if (buffer.hasRemaining()) {
                break;
            }
        }
        return sent;
    }

    @Override
    public void close() throws IOException {
        try (whenDone) {
            if (mapping != null) {
                mapping.giveBack();
            }
        }
    }
}
