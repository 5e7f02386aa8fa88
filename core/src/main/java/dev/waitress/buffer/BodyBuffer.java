package dev.waitress.buffer;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request body: in memory while it is smaller than the overflow and there is room, shared memory if there is some;
 * from then on in a private temporary file. First it is filled, then it is read, any number of times. One thread at a
 * time.
 */
public final class BodyBuffer implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");
    private static final byte[] NOTHING = {};

    /** The body of a request that has none. */
    public static final BodyBuffer EMPTY =
            new BodyBuffer(0, new BodyStorage(0, new MemoryBudget(0), new PrivateDirectory(), SharedMemory.NONE));

    private static final int FIRST_BYTES = 8192;

    /** The memory grows by so much at a time: a client that claims more than it sends costs no more than that. */
    private static final int GROWTH = 8;

    private final long expectedBytes;
    private final BodyStorage storage;
    private SharedMemory.@Nullable Slot slot;
    private byte[] memory = NOTHING;
    private int length;
    private @Nullable FileBuffer file;

    /**
     * A buffer that is still empty.
     *
     * @param expectedBytes what will come, or -1 if that is not known; never less than what comes
     */
    public BodyBuffer(long expectedBytes, BodyStorage storage) {
        this.expectedBytes = expectedBytes;
        this.storage = storage;
        this.slot = expectedBytes < storage.overflowBytes() ? storage.shared().take(expectedBytes) : null;
    }

    /**
     * Adds bytes at the end.
     *
     * @throws IOException if the file cannot take them, for example because the disk is full
     */
    public void append(byte[] bytes, int offset, int count) throws IOException {
        if (slot != null) {
            slot.bytes().put(length, bytes, offset, count);
            length += count;
            return;
        }
        if (file == null && (long) length + count < storage.overflowBytes() && makeRoom(length + count)) {
            System.arraycopy(bytes, offset, memory, length, count);
            length += count;
            return;
        }
        if (file == null) {
            file = new FileBuffer(storage.directory());
            file.append(memory, 0, length);
            releaseMemory();
        }
        file.append(bytes, offset, count);
    }

    /**
     * Where the rest of the body belongs, in shared memory; null if it must be appended. Who writes there says how much
     * by {@link #advance}.
     */
    public @Nullable ByteBuffer rest() {
        return slot == null ? null : slot.bytes().slice(length, (int) expectedBytes - length);
    }

    /** So many bytes more are where {@link #rest} has said. */
    public void advance(int count) {
        length += count;
    }

    /** Tells that bytes could not be added. */
    public void report(IOException failure) {
        storage.directory().files().report("cannot store a request body", failure);
    }

    /** Lets the memory grow to so many bytes; false if there is no more. */
    private boolean makeRoom(int needed) {
        if (needed <= memory.length) {
            return true;
        }
        long wanted = expectedBytes >= 0 ? expectedBytes : Math.max(FIRST_BYTES, 2L * memory.length);
        // A length that a client only claims must not reserve more than a small read would need.
        long claimed = Math.min(wanted, Math.max(FIRST_BYTES, GROWTH * (long) memory.length));
        int size = (int) Math.max(needed, Math.min(claimed, storage.overflowBytes()));
        if (!storage.memory().resize(memory.length, size)) {
            return false;
        }
        memory = Arrays.copyOf(memory, size);
        return true;
    }

    private void releaseMemory() {
        if (memory.length > 0) {
            storage.memory().release(memory.length);
            memory = NOTHING;
        }
    }

    public long size() {
        return file == null ? length : file.size();
    }

    /** The file that holds the body, or null while it is in memory. */
    public @Nullable Path file() {
        return file == null ? null : file.path();
    }

    /** The slot that holds the body, or null while it is elsewhere. */
    public SharedMemory.@Nullable Slot slot() {
        return slot;
    }

    /** The array that holds a body in memory of its own, from index 0 on; it may be longer than {@link #size}. */
    public byte[] memory() {
        return memory;
    }

    /** Reads the whole body from its start; the caller closes the stream. */
    public InputStream open() throws IOException {
        if (file != null) {
            return file.open();
        }
        return new ByteArrayInputStream(slot == null ? memory : copyOf(slot), 0, length);
    }

    private byte[] copyOf(SharedMemory.Slot source) {
        byte[] copy = new byte[length];
        source.bytes().get(0, copy);
        return copy;
    }

    /** Closes it where nobody can do anything about a failure. */
    public void discard() {
        try {
            close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove a spooled request body", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (slot != null) {
            slot.giveBack();
            slot = null;
        }
        releaseMemory();
        if (file != null) {
            file.close();
        }
    }
}
