package dev.waitress.buffer;

import java.nio.ByteBuffer;

/** Bytes in an array that grows, borrowed from a pool. Event loop only. */
final class MemoryRun extends BufferSegment {
    private final BufferPool pool;

    /** Between position and limit lie the bytes that are left. */
    private ByteBuffer buffer;

    MemoryRun(BufferPool pool, int capacity) {
        this.pool = pool;
        buffer = ByteBuffer.allocate(capacity).limit(0);
    }

    int capacity() {
        return buffer.capacity();
    }

    void clear() {
        buffer.clear().limit(0);
    }

    @Override
    protected ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Adds bytes at the end; at most {@code ceiling} bytes are reserved beyond what is needed.
     *
     * @return false, and nothing is added, if there is no memory for them
     */
    boolean append(byte[] bytes, int offset, int count, int ceiling) {
        if (buffer.capacity() - buffer.limit() < count && !makeRoom(count, ceiling)) {
            return false;
        }
        int end = buffer.limit();
        buffer.limit(end + count);
        System.arraycopy(bytes, offset, buffer.array(), end, count);
        return true;
    }

    private boolean makeRoom(int count, int ceiling) {
        int needed = buffer.remaining() + count;
        if (needed <= buffer.capacity()) {
            buffer.compact().flip();
            return true;
        }
        int capacity = Math.max(needed, Math.min(ceiling, 2 * buffer.capacity()));
        if (!pool.letGrow(this, capacity)) {
            return false;
        }
        buffer = ByteBuffer.allocate(capacity).put(buffer).flip();
        return true;
    }

    @Override
    public void close() {
        pool.recycle(this);
    }
}
