package dev.waitress.loop;

import dev.waitress.buffer.BufferPool;
import dev.waitress.buffer.LocalFiles;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.http.HttpDate;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a loop lends to those it calls, one after the other. Event loop only. */
public final class LoopResources {
    private static final int POOLED_BUFFER_BYTES = 16 * 1024;
    private static final long DATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ByteBuffer readBuffer;
    private final MemoryBudget memory;
    private final BufferPool pool;
    private final LocalFiles localFiles = new LocalFiles();
    private final HttpDate date = new HttpDate();
    private byte[] dateField;
    private long dateNanos;
    private @Nullable RecordBuffers records;

    /**
     * Makes all of it.
     *
     * @param recvBytes most bytes of one read
     * @param memory that of all clients of the server
     */
    public LoopResources(int recvBytes, MemoryBudget memory, Clock clock) {
        this.readBuffer = ByteBuffer.allocate(recvBytes);
        this.memory = memory;
        this.pool = new BufferPool(POOLED_BUFFER_BYTES, memory);
        this.dateField = date.fieldAt(clock.millis());
        this.dateNanos = clock.nanos();
    }

    /** A buffer for one read, empty; whoever reads uses it up before it returns. */
    public ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    /** Buffers for encrypted connections. */
    public RecordBuffers records() {
        if (records == null) {
            records = new RecordBuffers();
        }
        return records;
    }

    /** The memory for all clients of the server. */
    public MemoryBudget memory() {
        return memory;
    }

    /** Buffers for output that waits. */
    public BufferPool pool() {
        return pool;
    }

    /** Files that clients on this machine ask for again. */
    public LocalFiles localFiles() {
        return localFiles;
    }

    /** A whole Date field of this second. */
    public byte[] dateField() {
        return dateField;
    }

    void updateDate(long nowNanos, Clock clock) {
        if (nowNanos - dateNanos > DATE_NANOS) {
            dateNanos = nowNanos;
            dateField = date.fieldAt(clock.millis());
        }
    }

    void close() {
        localFiles.close();
    }
}
