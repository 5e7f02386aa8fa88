package dev.waitress.connection;

import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Peer;
import dev.waitress.loop.Flushable;
import dev.waitress.loop.LoopResources;
import dev.waitress.loop.Turns;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection, from accept to close: reads, sends, and ends. What the bytes mean is up to its handler.
 * Event loop only.
 *
 * <pre>
 *            CLOSING ─────────────────┐
 *   OPEN ──► PARTING ──► LINGERING ───┼──► CLOSED
 *            RESETTING ───────────────┘
 * </pre>
 *
 * The three in the middle wait until the output is sent. From everywhere it is CLOSED when the client is gone.
 */
final class Connection implements Transport.Watcher, Flushable {
    private static final Logger LOG = System.getLogger("waitress");

    /** Reads in a row, so that other connections have their turn. */
    private static final int MOST_READS = 16;

    /** A new client has this long before it counts as idle where connections are scarce. */
    static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(1);

    enum Phase {
        /** Requests are taken. */
        OPEN,
        /** Closed when the output is sent. */
        CLOSING,
        /** As CLOSING, but the client may still be sending: it is lingered for, or it never sees the answer. */
        PARTING,
        /** Reset when the output is sent. */
        RESETTING,
        /** All is sent; what the client still sends is read away. */
        LINGERING,
        CLOSED
    }

    /** Who counts connections. */
    interface Owner {
        /** Whether the server stops. */
        boolean isDraining();

        /** A connection waits for its next request: another client may have its place. */
        void becameIdle(Connection connection);

        void closed(Connection connection);
    }

    /**
     * What every connection of a loop needs.
     *
     * @param overflowBytes of output that waits in memory; key {@code outbuf_overflow}
     * @param directory for output beyond that
     * @param errors what is said of sockets that fail
     */
    record Means(Turns loop, int overflowBytes, PrivateDirectory directory, SocketErrors errors) {
        private Outbox outboxOf(Transport transport) {
            LoopResources resources = loop.resources();
            return new Outbox(resources, transport, new OverflowBuffer(resources.pool(), overflowBytes, directory));
        }
    }

    private final Turns loop;
    private final Transport transport;
    private final Outbox outbox;
    private final SocketErrors errors;
    private final Owner owner;

    private Peer peer;
    private ProtocolHandler handler;
    private Phase phase = Phase.OPEN;
    private @Nullable Linger linger;
    private boolean inputEnded;
    private boolean dirty;

    /** When its present handler began. */
    private long begunNanos;

    private long lastActiveNanos;

    /** Reads and writes that have moved something. */
    private long moves;

    /** A connection that is not read yet. */
    Connection(Means means, Transport transport, Owner owner, Peer peer, Function<Connection, ProtocolHandler> first) {
        this.loop = means.loop();
        this.transport = transport;
        this.outbox = means.outboxOf(transport);
        this.errors = means.errors();
        this.owner = owner;
        this.peer = peer;
        this.begunNanos = loop.nowNanos();
        this.lastActiveNanos = begunNanos;
        this.handler = first.apply(this);
    }

    /** Begins to read. */
    void open() throws IOException {
        transport.open(this);
    }

    /** From now on somebody else makes sense of the bytes, and it is known better who the client is. */
    void handledBy(Function<Connection, ProtocolHandler> next, Peer client) {
        peer = client;
        begunNanos = loop.nowNanos();
        handler = next.apply(this);
    }

    /** Takes bytes that were read by its handler before. */
    void receive(ByteBuffer in) {
        handler.received(in);
    }

    /** Whether the connection lives, in this one's hands. */
    boolean isHandledBy(ProtocolHandler one) {
        return handler == one && !isClosed();
    }

    /** A whole Date field. */
    byte[] dateField() {
        return loop.resources().dateField();
    }

    /** Time at the start of this turn. */
    long nowNanos() {
        return loop.nowNanos();
    }

    // ---- Receiving -------------------------------------------------------------------------------------------------

    @Override
    public void ready(boolean readable, boolean writable) {
        try {
            if (writable) {
                proceed();
            }
            if (readable && !isClosed()) {
                read();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** A fault of ours costs one connection, never the loop. */
    private void failed(Throwable fault) {
        LOG.log(Level.ERROR, "uncaptured exception, closing connection of " + peer.remoteAddress(), fault);
        close();
    }

    /** Reads on while a request is arriving faster than it is read: each turn of the loop has its price. */
    private void read() {
        int reads = 0;
        boolean full;
        do {
            full = readOnce();
        } while (full && ++reads < MOST_READS && isOpen() && handler.expectsMore());
    }

    /** True if there may be more to read at once. */
    private boolean readOnce() {
        ByteBuffer in = loop.resources().readBuffer();
        int count;
        try {
            count = transport.read(in);
        } catch (IOException e) {
            errors.failed(e);
            close();
            return false;
        }
        if (count < 0) {
            endInput();
        }
        if (count <= 0) {
            return false;
        }
        boolean full = !in.hasRemaining();
        moved();
        received(in.flip(), count);
        return full && !isClosed();
    }

    private void received(ByteBuffer in, int count) {
        if (linger == null) {
            handler.received(in);
        } else {
            linger.discarded(count);
            if (linger.hasDiscardedEnough()) {
                close();
            }
        }
    }

    private void endInput() {
        inputEnded = true;
        transport.watchInput(false);
        handler.inputEnded();
        // A client may close its side and still wait for its answer.
        if (phase == Phase.LINGERING || !handler.awaitsApplication() && outbox.isEmpty()) {
            close();
        }
    }

    /**
     * Takes in what has come, and sends what can leave. Before a client is judged: not it but this process may have
     * been at rest, and what the kernel holds already counts.
     *
     * @return whether anything has moved
     */
    boolean move() {
        long before = moves;
        try {
            if (!outbox.isEmpty()) {
                proceed();
            }
            if (!isClosed() && transport.isInputWatched()) {
                read();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        return moves != before;
    }

    private void moved() {
        moves++;
        lastActiveNanos = loop.nowNanos();
    }

    /** Leaves what the client sends to the kernel, or takes it again. */
    void watchInput(boolean wanted) {
        transport.watchInput(wanted && !inputEnded);
    }

    /** Whether nothing more will come. */
    boolean hasInputEnded() {
        return inputEnded;
    }

    // ---- Sending ---------------------------------------------------------------------------------------------------

    /** Takes bytes for the client; what its side cannot take yet is buffered. */
    void write(byte[] bytes, int offset, int length) {
        if (isClosed() || length == 0) {
            return;
        }
        outputBegins();
        try {
            outbox.add(bytes, offset, length);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot store output for a slow client, connection cut", e);
            close();
            return;
        }
        markDirty();
    }

    void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    /** Takes bytes that lie elsewhere; the segment is closed when they were sent or dropped. */
    void write(Segment segment) {
        if (isClosed()) {
            segment.discard();
            return;
        }
        outputBegins();
        outbox.add(segment);
        markDirty();
    }

    /** From now on it is the client's turn to move; what it is slow to read of it counts against it. */
    private void outputBegins() {
        if (outbox.isEmpty()) {
            lastActiveNanos = loop.nowNanos();
        }
    }

    /** Has {@link ProtocolHandler#outputSent} called, or the connection ended, when the output has left. */
    void markDirty() {
        if (!dirty && !isClosed()) {
            dirty = true;
            loop.markDirty(this);
        }
    }

    /** Whether output waits for the client. */
    boolean hasOutput() {
        return !outbox.isEmpty();
    }

    @Override
    public void flush() {
        try {
            proceed();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Sends what the client's side takes, and goes on with what waited for that. */
    private void proceed() {
        dirty = false;
        if (isClosed() || !send()) {
            return;
        }
        handler.outputTaken(outbox.size());
        if (!isClosed() && outbox.isEmpty() && !handler.awaitsApplication()) {
            if (isOpen()) {
                handler.outputSent();
            } else {
                finish();
            }
        }
    }

    private boolean send() {
        try {
            if (outbox.send() > 0) {
                moved();
            }
            return true;
        } catch (EOFException e) {
            LOG.log(Level.ERROR, "connection cut: " + e.getMessage());
        } catch (IOException e) {
            errors.failed(e);
        }
        close();
        return false;
    }

    // ---- Ending ----------------------------------------------------------------------------------------------------

    /** Takes no more requests; the connection ends when the output is sent, unless its end has begun before. */
    void endBy(Phase next) {
        if (isOpen()) {
            phase = next;
        }
        markDirty();
    }

    /** The same, whatever end had begun. */
    void endAtOnce(Phase next) {
        if (!isClosed()) {
            phase = next;
        }
        markDirty();
    }

    private void finish() {
        if (phase == Phase.RESETTING) {
            transport.resetOnClose();
        }
        if (phase == Phase.PARTING && !inputEnded && transport.shutDownOutput()) {
            phase = Phase.LINGERING;
            linger = new Linger(loop.nowNanos());
            handler.dropInput();
            transport.watchInput(true);
        } else if (phase != Phase.LINGERING) {
            close();
        }
    }

    /** What is left unread at the end would reset the connection under the answer. */
    private void endLinger() {
        boolean full = true;
        while (full) {
            full = readOnce();
        }
        close();
    }

    /** Ends what comes too slowly, and what has lingered for long enough. */
    void enforceDeadlines(long nowNanos) {
        if (linger == null) {
            handler.enforceDeadlines(nowNanos);
        } else if (linger.isOver(nowNanos)) {
            endLinger();
        }
    }

    /**
     * Closes the connection if it has not moved for that long and no application is at work on it. What the kernel has
     * received meanwhile is taken first, and counts.
     */
    void closeIfIdle(long nowNanos, long timeoutNanos) {
        boolean waitsForApplication = handler.awaitsApplication() && outbox.isEmpty();
        if (!waitsForApplication && nowNanos - lastActiveNanos > timeoutNanos && !move()) {
            close();
        }
    }

    /** Closes the connection if it is idle, also after a last look. */
    void giveWay() {
        if (isIdle()) {
            move(); // a request may have come in this very turn
        }
        if (isIdle()) {
            close();
        }
    }

    /** Nobody is there any more, or nothing is left to do; whoever still responds is told. */
    void close() {
        if (isClosed()) {
            return;
        }
        phase = Phase.CLOSED;
        outbox.discard();
        try {
            transport.close();
        } catch (IOException e) {
            errors.failed(e);
        }
        owner.closed(this);
        handler.closed();
    }

    // ---- In the eyes of those who count connections ----------------------------------------------------------------

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** Whether it waits for a request of which nothing has come. */
    boolean isIdle() {
        return isOpen() && outbox.isEmpty() && handler.isIdle();
    }

    /** Whether another client may have its place: not if it has just come and could not yet say what it wants. */
    boolean canGiveWay() {
        return isIdle() && (handler.hasServed() || loop.nowNanos() - begunNanos > FIRST_WORD_NANOS);
    }

    /** Whether what the client sends is read. */
    boolean isReading() {
        return transport.isInputWatched();
    }

    boolean isDraining() {
        return owner.isDraining();
    }

    /** It has its answer, and waits for the next request. */
    void becomeIdle() {
        if (owner.isDraining()) {
            giveWay();
        } else {
            owner.becameIdle(this);
        }
    }

    long lastActiveNanos() {
        return lastActiveNanos;
    }

    Peer peer() {
        return peer;
    }

    /** For whom it is counted, numeric; empty as long as that is not known: a proxy has as many as its clients. */
    String address() {
        return handler.knowsClient() ? peer.remoteAddress() : "";
    }
}
