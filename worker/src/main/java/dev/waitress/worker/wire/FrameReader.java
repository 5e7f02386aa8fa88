package dev.waitress.worker.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts what arrives on a worker's socket into frames. A frame is a little-endian length and one marshal value; raw
 * bytes may follow it. One thread at a time.
 */
public final class FrameReader {
    public static final int LENGTH_BYTES = 4;

    private static final int USUAL_BYTES = 256 * 1024;

    /** The largest message is the head of one response, whose limit {@code ResponseHead} knows, in marshal's form. */
    private static final int MAX_FRAME_BYTES = 8 * 1024 * 1024;

    /** The first frame of somebody who has not proved yet to be a worker. */
    private static final int MAX_GREETING_BYTES = 4 * 1024;

    private FrameListener listener;
    private ByteBuffer in = ByteBuffer.allocate(LENGTH_BYTES + MAX_GREETING_BYTES);
    private int rawLeft;
    private boolean isOfWorker;
    private boolean closed;

    /** Hands the frames to a listener. */
    public FrameReader(FrameListener listener) {
        this.listener = listener;
    }

    /** The frames to come are those of a worker, and another listener's; called as one is taken in, or between two. */
    public void handOver(FrameListener newListener) {
        listener = newListener;
        isOfWorker = true;
    }

    public FrameListener listener() {
        return listener;
    }

    /** Where bytes belong that arrive; {@link #takeIn} is to follow. */
    public ByteBuffer space() {
        return in;
    }

    /**
     * Takes in what was put into {@link #space}.
     *
     * @throws IllegalArgumentException if a frame is longer than one can be
     */
    public void takeIn() {
        in.flip();
        while (!closed && (rawLeft > 0 ? takeRaw() : takeFrame())) {
            // until what is there is used up
        }
        if (!closed) {
            in.compact();
            adjustBuffer();
        }
    }

    /** Gives back what one large frame has needed; gets more once the other side is known. */
    private void adjustBuffer() {
        boolean tooLarge = in.capacity() > USUAL_BYTES && in.position() == 0;
        if (isOfWorker && in.capacity() < USUAL_BYTES || tooLarge) {
            in = ByteBuffer.allocate(USUAL_BYTES).put(in.flip());
        }
    }

    private boolean takeRaw() {
        int count = Math.min(rawLeft, in.remaining());
        rawLeft -= count;
        int start = in.position();
        in.position(start + count);
        listener.raw(in.array(), start, count);
        return in.hasRemaining();
    }

    private boolean takeFrame() {
        if (in.remaining() < LENGTH_BYTES) {
            return false;
        }
        int start = in.position() + LENGTH_BYTES;
        int length = MarshalReader.getInt(in.array(), in.position());
        int most = isOfWorker ? MAX_FRAME_BYTES : MAX_GREETING_BYTES;
        if (length < 0 || length > most) {
            throw new IllegalArgumentException("a frame of " + length + " bytes, limit " + most);
        }
        if (in.limit() - start < length) {
            grow(LENGTH_BYTES + length);
            return false;
        }
        in.position(start + length);
        rawLeft = listener.frame(in.array(), start, start + length);
        return true;
    }

    private void grow(int needed) {
        if (needed > in.capacity()) {
            ByteBuffer larger = ByteBuffer.wrap(Arrays.copyOfRange(in.array(), in.position(), in.position() + needed));
            larger.limit(in.remaining());
            in = larger;
        }
    }

    /** Drops what is there; called also as a frame is taken in. */
    public void close() {
        closed = true;
        in = ByteBuffer.allocate(0);
    }
}
