package dev.waitress.connection;

import dev.waitress.http2.FrameWriter;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * DATA frames that leave together: each has room for its header before the bytes that somebody puts behind it. One for
 * all connections of a loop, empty between two calls. Event loop only.
 */
final class FrameBatch implements GatheringByteChannel {
    private static final int FRAMES = 4;

    private static final int BYTES = FRAMES * (FrameWriter.HEADER_BYTES + FrameWriter.MOST_PAYLOAD);

    /** Made when the first frame begins: where nobody speaks HTTP/2 it costs nothing. */
    private byte[] bytes = {};

    private int length;

    /** Where the present frame begins, and where it must end. */
    private int start;

    private int most;

    /** Whether there is no room for another frame of any length. */
    boolean isFull() {
        return BYTES - length < FrameWriter.HEADER_BYTES + FrameWriter.MOST_PAYLOAD;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** Begins a frame for so many bytes at most, which are written next. */
    void begin(int mostPayload) {
        if (bytes.length == 0) {
            bytes = new byte[BYTES];
        }
        start = length;
        length += FrameWriter.HEADER_BYTES;
        most = length + mostPayload;
    }

    /** Whether the present frame can take more. */
    boolean hasRoomInFrame() {
        return length < most;
    }

    /** Bytes of the present frame. */
    int payload() {
        return length - start - FrameWriter.HEADER_BYTES;
    }

    /** Ends it, with what has come. */
    void end(int stream, boolean endsStream) {
        FrameWriter.putDataHeader(bytes, start, stream, payload(), endsStream);
    }

    /** The present frame is not sent. */
    void drop() {
        length = start;
    }

    void write(byte[] source, int offset, int count) {
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    @Override
    public int write(ByteBuffer source) {
        int count = Math.min(source.remaining(), most - length);
        source.get(bytes, length, count);
        length += count;
        return count;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int count) {
        long taken = 0;
        for (int i = offset; i < offset + count && length < most; i++) {
            taken += write(sources[i]);
        }
        return taken;
    }

    @Override
    public long write(ByteBuffer[] sources) {
        return write(sources, 0, sources.length);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
