package dev.waitress.connection;

import dev.waitress.buffer.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent while its request runs: up to {@code channel_request_lookahead} requests, then bytes as they came,
 * of one read at most. All of it is counted; a request as if it ran, so that its turn cannot fail for want of memory.
 * Event loop only.
 */
final class Pipelined {
    private static final byte[] NOTHING = {};

    private final Lease lease;

    /** In the order of their coming; null as long as there were none, as with most clients. */
    private @Nullable Deque<Arrival> arrivals;

    private byte[] bytes = NOTHING;

    Pipelined(Lease lease) {
        this.lease = lease;
    }

    boolean isEmpty() {
        return (arrivals == null || arrivals.isEmpty()) && !hasBytes();
    }

    boolean hasBytes() {
        return bytes.length > 0;
    }

    /** Requests that wait for their turn, all of them here. */
    int requests() {
        if (arrivals == null) {
            return 0;
        }
        return endsWithContinue(arrivals) ? arrivals.size() - 1 : arrivals.size();
    }

    private static boolean endsWithContinue(Deque<Arrival> arrivals) {
        return arrivals.peekLast() == Arrival.Awaited.CONTINUE;
    }

    /** Whether nothing that comes behind the last arrival can count. */
    boolean endsWithRefusal() {
        return arrivals != null && arrivals.peekLast() instanceof Arrival.Refused;
    }

    /**
     * Puts an arrival behind the others; it no longer points into the reader's buffer. Who waits to send what has come
     * now need not be told to.
     *
     * @return false, and it is not taken, if there is no memory for it
     */
    boolean add(Arrival arrival) {
        if (!lease.resizeTo(lease.bytes() + arrival.memoryBytes())) {
            return false;
        }
        if (arrival instanceof Arrival.Complete complete) {
            complete.request().detach();
        }
        if (arrivals == null) {
            arrivals = new ArrayDeque<>(2);
        } else if (endsWithContinue(arrivals)) {
            arrivals.removeLast();
        }
        arrivals.addLast(arrival);
        return true;
    }

    /** The next arrival whose turn it is; its share of the memory goes to another holder. Null if there is none. */
    @Nullable
    Arrival next(Lease holder) {
        Arrival next = arrivals == null ? null : arrivals.poll();
        if (next != null) {
            lease.handOver(next.memoryBytes(), holder);
        }
        return next;
    }

    /** Keeps what is left in the buffer; false if there is no memory for it. */
    boolean keep(ByteBuffer in) {
        if (!lease.resizeTo(lease.bytes() + in.remaining())) {
            return false;
        }
        int had = bytes.length;
        bytes = Arrays.copyOf(bytes, had + in.remaining());
        in.get(bytes, had, in.remaining());
        return true;
    }

    /** The bytes that were kept, and are not any more. */
    ByteBuffer takeBytes() {
        ByteBuffer taken = ByteBuffer.wrap(bytes);
        lease.resizeTo(lease.bytes() - bytes.length);
        bytes = NOTHING;
        return taken;
    }

    void clear() {
        lease.close();
        bytes = NOTHING;
        if (arrivals != null) {
            arrivals.forEach(Arrival::discard);
            arrivals = null;
        }
    }
}
