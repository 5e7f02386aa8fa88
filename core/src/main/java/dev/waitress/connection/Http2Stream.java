package dev.waitress.connection;

import dev.waitress.buffer.Lease;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.exchange.Response;
import dev.waitress.http2.Window;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, among others on the same connection. It lives until the last of its answer is on its way,
 * or one side has had enough of it. RFC 9113 §5.1. Event loop only.
 */
final class Http2Stream {
    private static final Logger LOG = System.getLogger("waitress");

    /** How the answer ends once what waits has left. */
    enum Ending {
        /** More may come. */
        OPEN,
        COMPLETE,
        /** The client must learn that it has not got all. */
        BROKEN
    }

    final int id;

    /** What the client takes. */
    final Window sending;

    /** What we have said that we take, less what has come. */
    final Window receiving;

    /** What waits for the client's windows, and for its socket. */
    final OverflowBuffer waiting;

    /** For the request, as long as it is answered. */
    /** What a stream takes of the heap beside the bytes of its request: 560 were measured. */
    static final int OWN_BYTES = 1024;

    final Lease lease;

    /** Bytes that have come since the client was last told to go on. */
    int unacknowledged;

    Ending ending = Ending.OPEN;

    /** Null when all of the request has come. */
    @Nullable
    Upload upload;

    /** Whether the client sends on. */
    boolean isReceiving;

    @Nullable
    Response response;

    /** Whether only the head of an answer is asked for. */
    boolean isHead;

    /** Whether an application is to answer, and has not ended that. */
    boolean isAtWork;

    /** Whether it waits for its turn to send. */
    boolean isQueued;

    /** Whether its answer is to learn how much has left. */
    boolean isTouched;

    /** Whether it lives. */
    boolean isOpen = true;

    /** When something of its output last left, or began to wait. */
    long movedNanos;

    Http2Stream(int id, Window sending, Window receiving, OverflowBuffer waiting, Lease lease, long nowNanos) {
        this.id = id;
        this.sending = sending;
        this.receiving = receiving;
        this.waiting = waiting;
        this.lease = lease;
        this.movedNanos = nowNanos;
    }

    /** The request is over; what waits of its answer takes memory of its own. */
    void answered() {
        if (isOpen) {
            lease.resizeTo(OWN_BYTES);
        }
    }

    /** Gives back all that it holds. */
    void close() {
        isOpen = false;
        lease.close();
        Upload arriving = upload;
        upload = null;
        if (arriving != null) {
            arriving.discard();
        }
        try {
            waiting.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back output that nobody reads", e);
        }
    }
}
