package dev.waitress.http1;

import java.nio.ByteBuffer;

/** A body of known length; of length 0 where a request has none. RFC 9112 §6.2. */
final class FixedLengthReceiver implements Receiver {
    private final ParseStep.BodyBytes bytes;
    private long remaining;

    FixedLengthReceiver(ParseStep.BodyBytes bytes) {
        this.bytes = bytes;
    }

    Receiver begin(long length) {
        remaining = length;
        return this;
    }

    @Override
    public ParseStep feed(ByteBuffer in) {
        if (remaining == 0) {
            return ParseStep.Progress.COMPLETE;
        }
        if (!in.hasRemaining()) {
            return ParseStep.Progress.NEED_MORE;
        }
        bytes.take(in, remaining);
        remaining -= bytes.length();
        return bytes;
    }

    /** So many bytes have come on another way. */
    void skip(int count) {
        if (count > remaining) {
            throw new IllegalArgumentException(count + " bytes, and " + remaining + " are left");
        }
        remaining -= count;
    }
}
