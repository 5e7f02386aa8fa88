package dev.waitress.buffer;

import java.util.ArrayDeque;

/**
 * Buffers of one size that the channels of one loop borrow while they have output, so that an idle connection holds
 * none. Event loop only.
 */
public final class BufferPool {
    private static final int MOST_KEPT = 256;

    private final int bufferBytes;
    private final ArrayDeque<MemoryRun> free = new ArrayDeque<>();

    public BufferPool(int bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    /** An empty buffer; closing it gives it back. */
    MemoryRun take() {
        MemoryRun run = free.pollLast();
        return run == null ? new MemoryRun(this, bufferBytes) : run;
    }

    /** Takes a buffer back; one that has grown beyond the pool's size is left to the garbage collector. */
    void recycle(MemoryRun run) {
        if (run.capacity() == bufferBytes && free.size() < MOST_KEPT) {
            run.clear();
            free.addLast(run);
        }
    }
}
