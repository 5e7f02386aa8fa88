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
import java.util.function.Function;

/**
 * One client's connection, from accept to close: reads, sends, and ends. What the bytes mean is up to its handler.
 * Event loop only.
 */
final class Connection implements Transport.Watcher, Flushable, Lingering.Owner, Place.Holder {
    private static final Logger LOG = System.getLogger("waitress");

    /** Who counts connections. */
    interface Owner {
        /** Whether the server stops. */
        boolean isDraining();
        /** Whether clients are to come back on another connection, at another server: this one is about to stop. */
        boolean sendsAway();
        /** A connection waits for its next request: another client may have its place. */
        void becameIdle(Connection connection);

        void closed(Connection connection);
    }

    private final Turns loop;
    private final Transport transport;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Place place;
    private final SocketErrors errors;
    private final Owner owner;
    private Peer peer;
    private ProtocolHandler handler;
    private Phase phase = Phase.OPEN;

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
        this.place = new Place(loop, outbox, this);
        this.owner = owner;
        this.peer = peer;
        this.handler = first.apply(this);
    }

    /** Begins to read. */
    void open() throws IOException {
        transport.open(this);
    }

    /** From now on somebody else makes sense of the bytes, and it is known better who the client is. */
    void handledBy(Function<Connection, ProtocolHandler> next, Peer client) {
        peer = client;
        place.takeAnew();
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

    /** Where it lives. */
    Turns loop() {
        return loop;
    }

    @Override
    public void ready(boolean readable, boolean writable) {
        if (writable) {
            flush();
        }
        if (readable && !isClosed()) {
            read();
        }
    }

    private void read() {
        try {
            note(inbox.read(handler)); // a client may close its side and still wait for its answer
            if (inbox.hasEnded() && outbox.isEmpty() && !handler.awaitsApplication()) {
                close();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void note(Outcome outcome) {
        switch (outcome) {
            case BROKEN -> close();
            case SOME -> place.moved();
            case NOTHING -> {}
        }
    }

    /** A fault of ours costs one connection, never the loop. */
    private void failed(Throwable fault) {
        LOG.log(Level.ERROR, "uncaptured exception, closing channel " + peer.remoteAddress(), fault);
        close();
    }

    // Not the client but this process may have been at rest, and what the kernel holds already counts.
    @Override
    public boolean move() {
        long before = place.moves();
        if (!outbox.isEmpty()) {
            flush();
        }
        if (!isClosed() && inbox.isWatched()) {
            read();
        }
        return place.moves() != before;
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
        note(outbox.send());
        if (!isClosed()) {
            handler.outputTaken(outbox.size());
        }
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

    /** Its client is to come back on another connection. */
    void sendAway() {
        handler.sendAway();
    }

    /** Closes it while it is idle; what its protocol says then leaves if the socket takes it at once. */
    @Override
    public void leave() {
        handler.leave();
        outbox.send();
        close();
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

    @Override
    public boolean isIdle() {
        return isOpen() && outbox.isEmpty() && handler.isIdle();
    }

    /** Whether somebody waits for an answer, or for the rest of one. */
    boolean hasRequests() {
        return !isOpen() || !outbox.isEmpty() || handler.hasRequests();
    }

    @Override
    public boolean hasServed() {
        return handler.hasServed();
    }

    @Override
    public boolean waitsForApplication() {
        return handler.awaitsApplication() && outbox.isEmpty();
    }

    Language language() {
        return handler.language();
    }

    /** Its place among all that there is room for. */
    Place place() {
        return place;
    }

    /** Whether its client is to come back on another one. */
    boolean sendsAway() {
        return owner.sendsAway();
    }

    Peer peer() {
        return peer;
    }

    /** It has its answer, and waits for the next request. */
    void becomeIdle() {
        if (owner.isDraining()) {
            place.vacate();
        } else {
            owner.becameIdle(this);
        }
    }
}
