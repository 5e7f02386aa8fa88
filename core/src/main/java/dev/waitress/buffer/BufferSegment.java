package dev.waitress.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Executor;

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

    @Override
    public final Segment handedOver(Executor owner) {
        return new Elsewhere(this, owner);
    }

    /** One that another thread uses. */
    private static final class Elsewhere extends BufferSegment {
        private final BufferSegment held;
        private final Executor owner;
        private ByteBuffer bytes;

        Elsewhere(BufferSegment held, Executor owner) {
            this.held = held;
            this.owner = owner;
            this.bytes = held.buffer();
        }

        @Override
        protected ByteBuffer buffer() {
            return bytes;
        }

        @Override
        public void close() {
            bytes = ByteBuffer.allocate(0); // what it showed may be gone soon
            owner.execute(held::discard);
        }
    }
}
