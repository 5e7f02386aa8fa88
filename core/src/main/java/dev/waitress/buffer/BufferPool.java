package dev.waitress.buffer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of one size that the channels of one loop borrow while they have output, so that an idle connection holds
 * none. Event loop only.
 */
public final class BufferPool {
    static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final int MOST_KEPT = 256;
    private static final int MOST_GATHERED = 16;

    /** A smaller one takes as much with all that belongs to it. */
    private static final int SMALLEST_BYTES = 256;

    private final int bufferBytes;
    private final MemoryBudget memory;
    private final ArrayDeque<MemoryRun> free = new ArrayDeque<>();

    /** For a write of several buffers at once; all {@link #NOTHING} between two of them. */
    final ByteBuffer[] gathered = new ByteBuffer[MOST_GATHERED];

    /** A pool of buffers that are lent as far as there is memory. */
    public BufferPool(int bufferBytes, MemoryBudget memory) {
        this.bufferBytes = bufferBytes;
        this.memory = memory;
        Arrays.fill(gathered, NOTHING);
    }

    /**
     * An empty buffer, which closing it gives back: one of the pool's, or where there is no memory for that, one in
     * which just so many bytes have room, because a file would cost a descriptor. Null if there is no memory for
     * either.
     */
    @Nullable
    MemoryRun take(int bytes) {
        if (memory.resize(0, bufferBytes)) {
            MemoryRun run = free.pollLast();
            return run == null ? new MemoryRun(this, bufferBytes) : run;
        }
        int capacity = Math.max(bytes, SMALLEST_BYTES);
        return capacity < bufferBytes && memory.resize(0, capacity) ? new MemoryRun(this, capacity) : null;
    }

    /** Whether a buffer may grow; it does so then. */
    boolean letGrow(MemoryRun run, int capacity) {
        return memory.resize(run.capacity(), capacity);
    }

    /** Takes a buffer back; one that has grown beyond the pool's size is left to the garbage collector. */
    void recycle(MemoryRun run) {
        memory.release(run.capacity());
        if (run.capacity() == bufferBytes && free.size() < MOST_KEPT) {
            run.clear();
            free.addLast(run);
        }
    }
}
