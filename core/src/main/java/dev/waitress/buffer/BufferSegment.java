package dev.waitress.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A segment whose bytes lie in memory, between position and limit of a buffer. Event loop only. */
public abstract class BufferSegment extends Segment {
    /** The bytes that are left; who takes some moves its position. */
    protected abstract ByteBuffer buffer();

    @Override
    public final long remaining() {
        return buffer().remaining();
    }

    @Override
    public final void truncate(long bytes) {
        ByteBuffer buffer = buffer();
        buffer.limit((int) Math.min(buffer.limit(), buffer.position() + bytes));
    }

    @Override
    public final long writeTo(WritableByteChannel target) throws IOException {
        return target.write(buffer());
    }
}
