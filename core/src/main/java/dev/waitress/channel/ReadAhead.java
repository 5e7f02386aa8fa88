package dev.waitress.channel;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent while its request runs: up to {@code channel_request_lookahead} requests, then bytes as they came,
 * of one read at most. Event loop only.
 */
final class ReadAhead {
    private static final Logger LOG = System.getLogger("waitress");
    private static final byte[] NOTHING = {};

    /** In the order of their coming; null as long as there were none, as with most clients. */
    private @Nullable Deque<RequestIntake.Arrival> arrivals;

    private byte[] bytes = NOTHING;

    boolean isEmpty() {
        return requests() == 0 && !hasBytes();
    }

    boolean hasBytes() {
        return bytes.length > 0;
    }

    /** Arrivals that wait for their turn. */
    int requests() {
        return arrivals == null ? 0 : arrivals.size();
    }

    /** Whether nothing that comes behind the last arrival can count. */
    boolean endsWithRefusal() {
        return arrivals != null && arrivals.peekLast() instanceof RequestIntake.Arrival.Refused;
    }

    /** Puts an arrival behind the others; it no longer points into the reader's buffer. */
    void add(RequestIntake.Arrival arrival) {
        if (arrival instanceof RequestIntake.Arrival.Complete complete) {
            complete.request().detach();
        }
        if (arrivals == null) {
            arrivals = new ArrayDeque<>(2);
        }
        arrivals.addLast(arrival);
    }

    /**
     * The next arrival whose turn it is; null if there is none. Who waits to send what has come need not be told to.
     */
    RequestIntake.@Nullable Arrival next() {
        if (arrivals == null) {
            return null;
        }
        RequestIntake.Arrival next = arrivals.poll();
        return next == RequestIntake.Arrival.Awaited.CONTINUE && !arrivals.isEmpty() ? arrivals.poll() : next;
    }

    /** Keeps what is left in the buffer. */
    void keep(ByteBuffer in) {
        int had = bytes.length;
        bytes = Arrays.copyOf(bytes, had + in.remaining());
        in.get(bytes, had, in.remaining());
    }

    /** The bytes that were kept, and are not any more. */
    ByteBuffer takeBytes() {
        ByteBuffer taken = ByteBuffer.wrap(bytes);
        bytes = NOTHING;
        return taken;
    }

    void clear() {
        bytes = NOTHING;
        if (arrivals != null) {
            arrivals.forEach(ReadAhead::discard);
            arrivals = null;
        }
    }

    private static void discard(RequestIntake.Arrival arrival) {
        if (arrival instanceof RequestIntake.Arrival.Complete complete) {
            try {
                complete.request().body().close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot remove a spooled request body", e);
            }
        }
    }
}
