package dev.waitress.connection;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose client may still be sending: that is read away for a while. Closing with input unread
 * would reset the connection under the answer. RFC 9112 §9.6. Event loop only.
 */
final class Lingering implements ProtocolHandler {
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Whose end it is. */
    interface Owner {
        boolean isClosed();

        /** Reads what is here; false if there was nothing. */
        boolean move();

        void close();
    }

    private final Owner connection;
    private final long sinceNanos;
    private int bytes;

    Lingering(Owner connection, long nowNanos) {
        this.connection = connection;
        this.sinceNanos = nowNanos;
    }

    @Override
    public void received(ByteBuffer in) {
        bytes += in.remaining();
        if (bytes > MOST_BYTES) {
            connection.close();
        }
    }

    @Override
    public boolean expectsMore() {
        return !connection.isClosed();
    }

    /** What is left unread at the end would reset the connection all the same. */
    @Override
    public void enforceDeadlines(long nowNanos) {
        if (nowNanos - sinceNanos > MOST_NANOS) {
            while (!connection.isClosed() && connection.move()) {
                // once more
            }
            connection.close();
        }
    }
}
