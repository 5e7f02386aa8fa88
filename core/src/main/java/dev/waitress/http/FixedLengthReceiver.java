package dev.waitress.http;

import java.nio.ByteBuffer;

/** A body of known length; of length 0 where a request has none. RFC 9112 §6.2. */
final class FixedLengthReceiver implements Receiver {
    private long remaining;

    FixedLengthReceiver(long length) {
        remaining = length;
    }

    @Override
    public ParseStep feed(ByteBuffer in) {
        if (remaining == 0) {
            return ParseStep.Progress.COMPLETE;
        }
        if (!in.hasRemaining()) {
            return ParseStep.Progress.NEED_MORE;
        }
        int count = (int) Math.min(remaining, in.remaining());
        ParseStep step = new ParseStep.BodyBytes(in.array(), in.arrayOffset() + in.position(), count);
        in.position(in.position() + count);
        remaining -= count;
        return step;
    }
}
