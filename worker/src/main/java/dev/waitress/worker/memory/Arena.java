package dev.waitress.worker.memory;

import dev.waitress.buffer.BufferSegment;
import dev.waitress.buffer.FileMapping;
import dev.waitress.buffer.Segment;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Memory that a worker shares with the front: it copies large blocks into slots, the front writes them to the client
 * from there. In front of the slots there is a byte for each: the worker sets it when it takes a slot, the front clears
 * it when what lies there was sent. Only the kernel touches the mapping: the worker may take the memory away at any
 * time, and then a write fails, but no instruction of ours does. Event loop only.
 */
public final class Arena implements Closeable {
    /** A worker of ours makes one of 32 MiB. */
    private static final long LARGEST_BYTES = 1 << 30;

    /** A worker of ours has 128. */
    private static final int MOST_SLOTS = 4096;

    private final SharedFile file;
    private final ByteBuffer free;
    private final int first;
    private final int slots;
    private final int slotBytes;

    /**
     * Maps the memory.
     *
     * @param first where the first slot begins
     * @throws IllegalArgumentException if the file is not that large
     */
    public Arena(Path path, int first, int slots, int slotBytes) throws IOException {
        this(path, first, slots, slotBytes, FileMapping::of);
    }

    Arena(Path path, int first, int slots, int slotBytes, SharedFile.Mapper mapper) throws IOException {
        this.first = first;
        this.slots = slots;
        this.slotBytes = slotBytes;
        long bytes = first + (long) slots * slotBytes;
        if (slots < 1 || slots > MOST_SLOTS || slotBytes < 1 || first < slots || bytes > LARGEST_BYTES) {
            throw new IllegalArgumentException("shared memory of " + slots + " times " + slotBytes + " bytes");
        }
        free = ByteBuffer.allocateDirect(slots);
        file = new SharedFile(path, bytes, mapper);
    }

    /** The first bytes of a row of slots, which become free together when they are sent or dropped. */
    public Segment block(int slot, int count) throws IOException {
        if (slot < 0 || slot >= slots || count < 1 || count > (long) (slots - slot) * slotBytes) {
            throw new IllegalArgumentException("no slot " + slot + " with " + count + " bytes");
        }
        return new Block(slot, 1 + (count - 1) / slotBytes, file.lend(first + (long) slot * slotBytes, count));
    }

    private void free(int slot, int count) throws IOException {
        file.write(free.clear().limit(count), slot);
    }

    /** The worker is gone: what still waits for clients is sent, then the memory is given back. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Block extends BufferSegment {
        private final int slot;
        private final int taken;
        private ByteBuffer bytes;

        Block(int slot, int taken, ByteBuffer bytes) {
            this.slot = slot;
            this.taken = taken;
            this.bytes = bytes;
        }

        @Override
        protected ByteBuffer buffer() {
            return bytes;
        }

        @Override
        public void close() throws IOException {
            bytes = ByteBuffer.allocate(0); // what it showed may be gone now
            free(slot, taken);
            file.close();
        }
    }
}
