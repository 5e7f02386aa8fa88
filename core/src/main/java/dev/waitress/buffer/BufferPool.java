package dev.waitress.buffer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Buffers of one size that the channels of one loop borrow while they have output, so that an idle connection holds
 * none. Event loop only.
 */
public final class BufferPool {
    static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final int MOST_KEPT = 256;
    private static final int MOST_GATHERED = 16;

    private final int bufferBytes;
    private final ArrayDeque<MemoryRun> free = new ArrayDeque<>();

    /** For a write of several buffers at once; all {@link #NOTHING} between two of them. */
    final ByteBuffer[] gathered = new ByteBuffer[MOST_GATHERED];

    public BufferPool(int bufferBytes) {
        this.bufferBytes = bufferBytes;
        Arrays.fill(gathered, NOTHING);
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
