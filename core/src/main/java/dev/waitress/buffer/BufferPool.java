package dev.waitress.buffer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Buffers of one size that the channels of one loop borrow while they have output, so that an idle connection holds
 * none. Event loop only.
 */
public final class BufferPool {
    private static final int MOST_KEPT = 256;

    private final int bufferBytes;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    public BufferPool(int bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    /** An empty buffer, ready to be filled. */
    ByteBuffer take() {
        ByteBuffer buffer = free.pollLast();
        return buffer == null ? ByteBuffer.allocate(bufferBytes) : buffer;
    }

    /** Takes a buffer back; one that has grown beyond the pool's size is left to the garbage collector. */
    void recycle(ByteBuffer buffer) {
        if (buffer.capacity() == bufferBytes && free.size() < MOST_KEPT) {
            buffer.clear();
            free.addLast(buffer);
        }
    }
}
