package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Output that a socket has not taken yet, first in, first out: in memory up to the overflow, the rest in a private
 * temporary file. Memory is borrowed from the pool only while there is output. Event loop only.
 */
public final class OverflowBuffer implements Closeable {
    private final BufferPool pool;
    private final int overflowBytes;
    private final PrivateDirectory directory;

    /** Between position and limit lie the bytes to send; null while there are none in memory. */
    private @Nullable ByteBuffer memory;

    /** Bytes that come after those in memory; null while there are none. */
    private @Nullable FileBuffer file;

    private long fileRead;

    public OverflowBuffer(BufferPool pool, int overflowBytes, PrivateDirectory directory) {
        this.pool = pool;
        this.overflowBytes = overflowBytes;
        this.directory = directory;
    }

    /** Bytes that wait. */
    public long size() {
        return (memory == null ? 0 : memory.remaining()) + (file == null ? 0 : file.size() - fileRead);
    }

    public boolean isEmpty() {
        return memory == null && file == null;
    }

    /**
     * Adds bytes at the end.
     *
     * @throws IOException if they had to go to the file and it did not take them
     */
    public void append(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return;
        }
        if (file == null && size() + count <= overflowBytes) {
            appendToMemory(bytes, offset, count);
            return;
        }
        if (file == null) {
            file = new FileBuffer(directory);
        }
        file.append(bytes, offset, count);
    }

    private void appendToMemory(byte[] bytes, int offset, int count) {
        ByteBuffer buffer = memory == null ? pool.take().limit(0) : memory;
        int end = buffer.limit();
        if (buffer.capacity() - end < count) {
            buffer = moved(buffer, count);
            end = buffer.limit();
        }
        buffer.limit(end + count);
        System.arraycopy(bytes, offset, buffer.array(), end, count);
        memory = buffer;
    }

    /** The same bytes at the start of a buffer that has room for {@code count} more. */
    private ByteBuffer moved(ByteBuffer buffer, int count) {
        int needed = buffer.remaining() + count;
        if (needed <= buffer.capacity()) {
            return buffer.compact().flip();
        }
        ByteBuffer larger = ByteBuffer.allocate(Math.max(needed, Math.min(overflowBytes, 2 * buffer.capacity())));
        larger.put(buffer).flip();
        pool.recycle(buffer);
        return larger;
    }

    /**
     * Hands on as much as the target takes now.
     *
     * @return bytes handed on
     */
    public long writeTo(WritableByteChannel target) throws IOException {
        long written = 0;
        if (memory != null) {
            written = target.write(memory);
            if (memory.hasRemaining()) {
                return written;
            }
            pool.recycle(memory);
            memory = null;
        }
        if (file != null) {
            long sent = file.transferTo(fileRead, target);
            fileRead += sent;
            written += sent;
            if (fileRead == file.size()) {
                closeFile();
            }
        }
        return written;
    }

    private void closeFile() throws IOException {
        FileBuffer done = file;
        file = null;
        fileRead = 0;
        if (done != null) {
            done.close();
        }
    }

    /** Drops what was not sent. */
    @Override
    public void close() throws IOException {
        if (memory != null) {
            pool.recycle(memory);
            memory = null;
        }
        closeFile();
    }
}
