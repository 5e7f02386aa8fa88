package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.Acceptor;
import dev.waitress.net.ClientOptions;
import dev.waitress.net.Listener;
import dev.waitress.net.PlainTransport;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.TlsTransport;
import dev.waitress.net.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Who may come in: takes clients as far as there is room, has idle ones give way to them, and lets listeners rest where
 * nobody can. Event loop only.
 */
final class Admission implements Acceptor, Connection.Owner, Handshake.Successor {
    private static final Logger LOG = System.getLogger("waitress");

    private final EventLoop loop;
    private final Protocols protocols;
    private final Connections connections;
    private final ClientOptions clientOptions;
    private final SocketErrors errors;

    private final List<Listener> listeners = new ArrayList<>();

    /** Loops that have clients, too, and no listeners. */
    private final Branches branches = new Branches();

    /** What another loop wants to know that accepts our clients. */
    private Runnable whenClosed = () -> {};

    private Runnable whenThereIsRoom = () -> {};
    private boolean paused;
    private boolean sendsAway;
    private boolean draining;
    private Runnable whenEmpty = () -> {};

    Admission(
            EventLoop loop,
            Protocols protocols,
            Connections connections,
            ClientOptions clientOptions,
            SocketErrors errors) {
        this.loop = loop;
        this.protocols = protocols;
        this.connections = connections;
        this.clientOptions = clientOptions;
        this.errors = errors;
    }

    /** Hands clients over to another loop, too. To be said first. */
    void handOverTo(Branch branch) {
        branches.add(branch);
    }

    /** Another loop accepts for this one, and is told of this. To be said first. */
    void tell(Runnable closed, Runnable thereIsRoom) {
        whenClosed = closed;
        whenThereIsRoom = thereIsRoom;
    }

    /** Clients of the other loops. */
    int countElsewhere() {
        return branches.count();
    }

    /** Begins to take clients from these listeners, or closes them if the end has begun before. */
    void open(List<Listener> newListeners) {
        if (draining) {
            newListeners.forEach(Listener::close);
            return;
        }
        for (Listener listener : newListeners) {
            try {
                listener.open(loop, this, clientOptions, errors);
                listeners.add(listener);
            } catch (IOException e) {
                LOG.log(Level.ERROR, "cannot watch " + listener, e);
            }
        }
    }

    @Override
    public void accepted(SocketChannel socket, Peer peer) throws IOException {
        Branch branch = branches.emptiest(
                () -> connections.haveRoom() ? connections.limit() - connections.size() : Integer.MIN_VALUE);
        if (branch == null) {
            admit(socket, peer);
        } else {
            branch.take(socket, peer);
        }
    }

    /** Takes a client that another loop has accepted; false if it does not stay. */
    boolean take(SocketChannel socket, Peer peer) {
        try {
            return admit(socket, peer);
        } catch (IOException | RuntimeException | Error e) {
            errors.acceptFailed(e);
            closeQuietly(socket);
            return false;
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "close failed", e);
        }
    }

    /** Whether the client stays. */
    private boolean admit(SocketChannel socket, Peer peer) throws IOException {
        PrefaceRule prefaces = protocols.prefaces();
        boolean welcome = prefaces.areWanted() ? prefaces.areTakenFrom(peer) : admits(peer);
        if (!welcome) {
            socket.close();
            return false;
        }
        connections.makeRoom(1);
        Transport transport = new PlainTransport(socket, loop);
        Function<Connection, ProtocolHandler> inner = protocols::first;
        if (peer.isEncrypted()) {
            TlsTransport encrypted = protocols.securable(transport, loop::execute);
            transport = encrypted;
            inner = each -> protocols.handshake(each, encrypted, this);
        }
        Connection connection = new Connection(
                protocols.means(), transport, this, peer, prefaces.areWanted() ? behindPreface(inner) : inner);
        connections.add(connection, prefaces.areWanted() ? "" : peer.remoteAddress());
        connection.open();
        return true;
    }

    private Function<Connection, ProtocolHandler> behindPreface(Function<Connection, ProtocolHandler> inner) {
        return each ->
                protocols.preface(each, (connection, client, behind) -> announced(connection, client, behind, inner));
    }

    private boolean admits(Peer peer) {
        boolean admitted = connections.admits(peer.remoteAddress());
        if (!admitted) {
            LOG.log(Level.DEBUG, () -> peer.remoteAddress() + " has connections_per_address connections already");
        }
        return admitted;
    }

    /** A preface has ended: the connection is that of a client like any other. */
    private void announced(
            Connection connection, Peer client, ByteBuffer behind, Function<Connection, ProtocolHandler> inner) {
        if (!admits(client)) {
            connection.close();
            return;
        }
        connections.identify(connection, client.remoteAddress());
        connection.handledBy(inner, client);
        if (behind.hasRemaining()) {
            connection.receive(behind);
        }
        connections.makeRoom(0); // not before: who gives way is read once more, by the same buffer
        if (draining) {
            connection.place().vacate();
        }
    }

    @Override
    public boolean makeRoom() {
        return connections.vacateOldest();
    }

    @Override
    public void secured(Connection connection, Peer client, String protocol) {
        connection.handledBy(chosen -> protocols.agreed(chosen, protocol), client);
        if (draining) {
            connection.place().vacate();
        }
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    @Override
    public boolean sendsAway() {
        return sendsAway;
    }

    @Override
    public void becameIdle(Connection connection) {
        resumeIfThereIsRoom();
    }

    @Override
    public void closed(Connection connection) {
        connections.remove(connection);
        whenClosed.run();
        resumeIfThereIsRoom();
        if (draining) {
            tellIfEmpty();
        }
    }

    @Override
    public boolean canTakeOne() {
        if (!paused && !isRoomAnywhere()) {
            paused = true;
            connections.sayFull();
            listeners.forEach(Listener::pause);
        }
        return !paused;
    }

    private boolean isRoomAnywhere() {
        return connections.haveRoom() || branches.haveRoom();
    }

    /** Whether this loop can take another client; if not, it is told when it can. */
    boolean hasRoom() {
        paused = !connections.haveRoom();
        return !paused;
    }

    /** How many clients may be here without that one has to leave for another. */
    int places() {
        return connections.limit();
    }

    /** Listeners go on as soon as somebody can be taken. */
    void resumeIfThereIsRoom() {
        if (paused && isRoomAnywhere()) {
            paused = false;
            listeners.forEach(Listener::resume);
            whenThereIsRoom.run();
        }
    }

    /** Looks after what changes with the time alone. */
    void tick() {
        resumeIfThereIsRoom();
        connections.sayIfBelowLimit();
    }

    /** From now on every answer ends its connection. */
    void sendAway() {
        sendsAway = true;
        connections.snapshot().forEach(Connection::sendAway);
        branches.sendAway();
    }

    /** Takes no new client, and calls back when the last one has its answer. */
    void drain(Runnable callback) {
        sendAway();
        draining = true;
        vacateAll();
        listeners.forEach(Listener::leaveLoop);
        // Not before the loop has noticed that: it would close them itself, some time after the last look for clients.
        loop.execute(() -> closeListeners(callback));
    }

    private void vacateAll() {
        connections.snapshot().forEach(connection -> connection.place().vacate());
    }

    private void closeListeners(Runnable callback) {
        AtomicInteger left = new AtomicInteger(1 + branches.number());
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                callback.run();
            }
        };
        whenEmpty = one;
        listeners.forEach(Listener::acceptLastAndClose);
        listeners.clear();
        branches.drain(one);
        vacateAll();
        tellIfEmpty();
    }

    /** Once. */
    private void tellIfEmpty() {
        if (connections.isEmpty()) {
            Runnable told = whenEmpty;
            whenEmpty = () -> {};
            told.run();
        }
    }
}
