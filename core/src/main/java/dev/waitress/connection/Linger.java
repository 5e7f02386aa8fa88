package dev.waitress.connection;

import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose client may still be sending: that is read away for a while. Closing with input unread
 * would reset the connection under the answer. RFC 9112 §9.6. Event loop only.
 */
final class Linger {
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final long sinceNanos;
    private int bytes;

    Linger(long nowNanos) {
        sinceNanos = nowNanos;
    }

    /** Takes note of bytes that were read away. */
    void discarded(int count) {
        bytes += count;
    }

    boolean hasDiscardedEnough() {
        return bytes > MAX_BYTES;
    }

    boolean isOver(long nowNanos) {
        return nowNanos - sinceNanos > MAX_NANOS;
    }
}
