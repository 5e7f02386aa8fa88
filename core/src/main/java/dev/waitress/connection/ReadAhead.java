package dev.waitress.connection;

import dev.waitress.buffer.MemoryBudget;
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
 * of one read at most. All of it is counted; a request as if it ran, so that its turn cannot fail for want of memory.
 * Event loop only.
 */
final class ReadAhead {
    private static final Logger LOG = System.getLogger("waitress");
    private static final byte[] NOTHING = {};

    private final MemoryBudget memory;

    /** What it takes up of the memory for all clients. */
    private long heldBytes;

    /** In the order of their coming; null as long as there were none, as with most clients. */
    private @Nullable Deque<RequestIntake.Arrival> arrivals;

    private byte[] bytes = NOTHING;

    ReadAhead(MemoryBudget memory) {
        this.memory = memory;
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

    private static boolean endsWithContinue(Deque<RequestIntake.Arrival> arrivals) {
        return arrivals.peekLast() == RequestIntake.Arrival.Awaited.CONTINUE;
    }

    /** Whether nothing that comes behind the last arrival can count. */
    boolean endsWithRefusal() {
        return arrivals != null && arrivals.peekLast() instanceof RequestIntake.Arrival.Refused;
    }

    /**
     * Puts an arrival behind the others; it no longer points into the reader's buffer. Who waits to send what has come
     * now need not be told to.
     *
     * @return false, and it is not taken, if there is no memory for it
     */
    boolean add(RequestIntake.Arrival arrival) {
        if (!hold(memoryOf(arrival))) {
            return false;
        }
        if (arrival instanceof RequestIntake.Arrival.Complete complete) {
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

    /** What an arrival takes up of the memory for all clients while it is here. */
    static long memoryOf(RequestIntake.Arrival arrival) {
        return arrival instanceof RequestIntake.Arrival.Complete complete
                ? complete.request().memoryBytes()
                : 0;
    }

    private boolean hold(long more) {
        if (!memory.resize(heldBytes, heldBytes + more)) {
            return false;
        }
        heldBytes += more;
        return true;
    }

    /** The next arrival whose turn it is, with the memory that it takes up; null if there is none. */
    RequestIntake.@Nullable Arrival next() {
        RequestIntake.Arrival next = arrivals == null ? null : arrivals.poll();
        if (next != null) {
            heldBytes -= memoryOf(next);
        }
        return next;
    }

    /** Keeps what is left in the buffer; false if there is no memory for it. */
    boolean keep(ByteBuffer in) {
        if (!hold(in.remaining())) {
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
        heldBytes -= bytes.length;
        memory.release(bytes.length);
        bytes = NOTHING;
        return taken;
    }

    void clear() {
        memory.release(heldBytes);
        heldBytes = 0;
        bytes = NOTHING;
        if (arrivals != null) {
            arrivals.forEach(ReadAhead::discard);
            arrivals = null;
        }
    }

    /** Gives back what a request holds that will not be served. */
    static void discard(RequestIntake.Arrival arrival) {
        if (arrival instanceof RequestIntake.Arrival.Complete complete) {
            try {
                complete.request().body().close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot remove a spooled request body", e);
            }
        }
    }
}
