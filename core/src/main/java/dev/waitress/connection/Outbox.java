package dev.waitress.connection;

import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.Segment;
import dev.waitress.loop.Flushable;
import dev.waitress.loop.Turns;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Output of one client: what its side takes at once, and what waits for that. Event loop only. */
final class Outbox {
    private static final Logger LOG = System.getLogger("waitress");

    /** Blocks of this size are offered to the socket before they are copied. */
    private static final int DIRECT_BYTES = 16 * 1024;

    private final Turns loop;
    private final Transport transport;
    private final SocketErrors errors;
    private final Flushable owner;
    private final OverflowBuffer waiting;
    private boolean closed;
    private boolean broken;

    /** Whether the owner is to be flushed at the end of this turn. */
    private boolean dirty;

    private long begunNanos;

    /** Empty; its owner is flushed at the end of every turn in which something was written. */
    Outbox(Turns loop, Transport transport, SocketErrors errors, Flushable owner, OverflowBuffer waiting) {
        this.loop = loop;
        this.transport = transport;
        this.errors = errors;
        this.owner = owner;
        this.waiting = waiting;
        this.begunNanos = loop.nowNanos();
    }

    /** Bytes that wait. */
    long size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && !transport.holdsOutput();
    }

    /**
     * When the client was last given something to read, having read all before: from then on it is its turn to move.
     */
    long begunNanos() {
        return begunNanos;
    }

    /** Adds bytes. Where they cannot be kept for a slow client, the next attempt to send is the last. */
    void write(byte[] bytes, int offset, int length) {
        if (closed || broken || length == 0) {
            return;
        }
        begin();
        try {
            add(bytes, offset, length);
        } catch (IOException e) {
            cannotStore(e);
        }
    }

    void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    private void add(byte[] bytes, int offset, int length) throws IOException {
        if (length >= DIRECT_BYTES && !transport.isFull()) {
            transport.expectLargeBlocks();
            waiting.pass(bytes, offset, length, transport.output());
        } else {
            waiting.append(bytes, offset, length);
        }
    }

    /** Adds bytes that lie elsewhere; the segment is closed when they were sent or dropped. */
    void write(Segment segment) {
        if (closed || broken) {
            segment.discard();
            return;
        }
        begin();
        if (segment.remaining() >= DIRECT_BYTES) {
            transport.expectLargeBlocks();
        }
        if (segment instanceof FileRegion region && !transport.sendsFiles()) {
            region.sendLocally(loop.resources().localFiles());
        }
        waiting.append(segment);
    }

    private void begin() {
        if (waiting.isEmpty()) {
            begunNanos = loop.nowNanos();
        }
        markDirty();
    }

    /** Has the owner flushed at the end of this turn. */
    void markDirty() {
        if (!dirty && !closed) {
            dirty = true;
            loop.markDirty(owner);
        }
    }

    /** Sends what the client's side takes, and watches it for room if some is left. */
    Outcome send() {
        dirty = false;
        if (broken) {
            return Outcome.BROKEN;
        }
        try {
            long sent = transport.flush() + waiting.writeTo(transport.output());
            transport.watchOutput(!waiting.isEmpty());
            settle();
            return broken ? Outcome.BROKEN : sent > 0 ? Outcome.SOME : Outcome.NOTHING;
        } catch (EOFException e) { // a file has lost bytes that were promised
            LOG.log(Level.ERROR, "connection cut: " + e.getMessage());
        } catch (IOException e) {
            errors.failed(e);
        }
        return Outcome.BROKEN;
    }

    private void settle() {
        try {
            waiting.settle();
        } catch (IOException e) {
            cannotStore(e);
        }
    }

    private void cannotStore(IOException failure) {
        waiting.report("cannot store output for a slow client, connection cut", failure);
        broken = true;
    }

    /** Drops what was not sent, and all that is still written. */
    void close() {
        closed = true;
        try {
            waiting.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back output that nobody reads", e);
        }
    }
}
