package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.loop.Flushable;
import dev.waitress.loop.Turns;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One client's connection, from accept to close: reads, sends, and ends. What the bytes mean is up to its handler.
 * Event loop only.
 */
final class Connection implements Transport.Watcher, Flushable, Lingering.Owner {
    private static final Logger LOG = System.getLogger("waitress");

    /** Reads in a row, so that other connections have their turn. */
    private static final int MOST_READS = 16;

    /** A new client has this long before it counts as idle where connections are scarce. */
    static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Who counts connections. */
    interface Owner {
        /** Whether the server stops. */
        boolean isDraining();

        /** A connection waits for its next request: another client may have its place. */
        void becameIdle(Connection connection);

        void closed(Connection connection);
    }

    private final Turns loop;
    private final Transport transport;
    private final Inbox inbox;
    private final Outbox outbox;
    private final SocketErrors errors;
    private final Owner owner;

    private Peer peer;
    private ProtocolHandler handler;
    private Phase phase = Phase.OPEN;

    /** When its present handler began. */
    private long begunNanos;

    private long lastActiveNanos;

    /** Reads and writes that have moved something. */
    private long moves;

    /** A connection that is not read yet. */
    Connection(
            ConnectionMeans means,
            Transport transport,
            Owner owner,
            Peer peer,
            Function<Connection, ProtocolHandler> first) {
        this.loop = means.loop();
        this.transport = transport;
        this.errors = means.errors();
        this.inbox = new Inbox(loop.resources(), transport, errors);
        this.outbox = new Outbox(loop, transport, errors, this, means.output());
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
        LOG.log(Level.ERROR, "uncaptured exception, closing channel " + peer.remoteAddress(), fault);
        close();
    }

    /** Reads on while a request is arriving faster than it is read: each turn of the loop has its price. */
    private void read() {
        int reads = 0;
        boolean full;
        do {
            full = readOnce();
        } while (full && ++reads < MOST_READS && !isClosed() && handler.expectsMore());
    }

    /** True if there may be more to read at once. */
    private boolean readOnce() {
        Inbox.Outcome outcome = inbox.read();
        switch (outcome) {
            case SOME, FULL -> {
                moved();
                handler.received(loop.resources().lastRead());
            }
            case END -> endInput();
            case BROKEN -> close();
            case NOTHING -> {}
        }
        return outcome == Inbox.Outcome.FULL && !isClosed();
    }

    private void endInput() {
        handler.inputEnded();
        // A client may close its side and still wait for its answer.
        if (!handler.awaitsApplication() && outbox.isEmpty()) {
            close();
        }
    }

    /**
     * Takes in what has come, and sends what can leave. Before a client is judged: not it but this process may have
     * been at rest, and what the kernel holds already counts.
     *
     * @return whether anything has moved
     */
    @Override
    public boolean move() {
        long before = moves;
        try {
            if (!outbox.isEmpty()) {
                proceed();
            }
            if (!isClosed() && inbox.isWatched()) {
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

    /** What the client sends. */
    Inbox inbox() {
        return inbox;
    }

    // ---- Sending ---------------------------------------------------------------------------------------------------

    /** What the client is sent. */
    Outbox outbox() {
        return outbox;
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
        if (isClosed()) {
            return;
        }
        switch (outbox.send()) {
            case BROKEN -> {
                close();
                return;
            }
            case SOME -> moved();
            case NOTHING -> {}
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

    // ---- Ending ----------------------------------------------------------------------------------------------------

    /** Takes no more requests; the connection ends when the output is sent, unless its end has begun before. */
    void endBy(Phase next) {
        if (isOpen()) {
            phase = next;
        }
        outbox.markDirty();
    }

    /** The same, whatever end had begun. */
    void endAtOnce(Phase next) {
        if (!isClosed()) {
            phase = next;
        }
        outbox.markDirty();
    }

    private void finish() {
        if (phase == Phase.RESETTING) {
            transport.resetOnClose();
        }
        if (phase == Phase.PARTING && !inbox.hasEnded() && transport.shutDownOutput()) {
            phase = Phase.LINGERING;
            handler.ended();
            handler = new Lingering(this, loop.nowNanos());
            inbox.watch(true);
        } else if (phase != Phase.LINGERING) {
            close();
        }
    }

    /** Ends what comes too slowly. */
    void enforceDeadlines(long nowNanos) {
        handler.enforceDeadlines(nowNanos);
    }

    /**
     * Closes the connection if it has not moved for that long and no application is at work on it. What the kernel has
     * received meanwhile is taken first, and counts.
     */
    void closeIfIdle(long nowNanos, long timeoutNanos) {
        boolean waitsForApplication = handler.awaitsApplication() && outbox.isEmpty();
        if (!waitsForApplication && nowNanos - lastActiveNanos() > timeoutNanos && !move()) {
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
    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        phase = Phase.CLOSED;
        outbox.close();
        try {
            transport.close();
        } catch (IOException e) {
            errors.failed(e);
        }
        owner.closed(this);
        handler.ended();
    }

    // ---- In the eyes of those who count connections ----------------------------------------------------------------

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    @Override
    public boolean isClosed() {
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

    /** When something was last read, sent, or given to the client to read. */
    long lastActiveNanos() {
        return lastActiveNanos - outbox.begunNanos() > 0 ? lastActiveNanos : outbox.begunNanos();
    }

    Peer peer() {
        return peer;
    }
}
