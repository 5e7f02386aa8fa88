package dev.waitress.connection;

import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Identity;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.http.Limits;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.Acceptor;
import dev.waitress.net.ClientOptions;
import dev.waitress.net.Listener;
import dev.waitress.net.SocketErrors;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The open channels of one loop, what they share, and the listeners that bring new ones. Event loop only. */
public final class ChannelHost implements Acceptor {
    private static final Logger LOG = System.getLogger("waitress");

    /** How exactly deadlines are kept. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventLoop loop;
    private final Gateway gateway;
    private final PrivateDirectory directory;
    private final ParserPool parsers;
    private final Identity identity;
    private final BodyStorage bodies;
    private final int outbufOverflow;
    private final int lookahead;
    private final long channelTimeoutNanos;
    private final long cleanupIntervalNanos;
    private final Deadlines deadlines;
    private final SocketErrors socketErrors;
    private final ClientOptions clientOptions;
    private final TrustedProxy trustedProxy;
    private final PrefaceRule prefaces;
    private final RequestIds requestIds;
    private final RequestObserver observer;

    private final Connections connections;
    private final List<Listener> listeners = new ArrayList<>();
    private boolean paused;
    private boolean draining;
    private Runnable whenEmpty = () -> {};

    /** A host without channels; the observer sees all that they receive. */
    public ChannelHost(
            EventLoop loop, Gateway gateway, PrivateDirectory directory, Settings settings, RequestObserver observer) {
        this.loop = loop;
        this.gateway = gateway;
        this.directory = directory;
        this.parsers = new ParserPool(Limits.of(settings));
        this.identity = new Identity(settings.get(Setting.IDENT), settings.get(Setting.EXPOSE_TRACEBACKS));
        this.bodies = new BodyStorage(
                settings.getInt(Setting.INBUF_OVERFLOW), loop.resources().memory(), directory, gateway.bodyMemory());
        this.outbufOverflow = settings.getInt(Setting.OUTBUF_OVERFLOW);
        this.lookahead = settings.getInt(Setting.CHANNEL_REQUEST_LOOKAHEAD);
        this.channelTimeoutNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CHANNEL_TIMEOUT));
        this.cleanupIntervalNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CLEANUP_INTERVAL));
        this.deadlines = Deadlines.of(settings);
        this.socketErrors = new SocketErrors(settings);
        this.clientOptions = new ClientOptions(settings);
        this.trustedProxy = new TrustedProxy(settings);
        this.prefaces = new PrefaceRule(settings, trustedProxy);
        this.requestIds = new RequestIds(settings);
        this.observer = observer;
        this.connections = new Connections(settings);
    }

    /** Begins to take clients from these listeners, or closes them if the end has begun before. */
    public void open(List<Listener> newListeners) {
        if (draining) {
            newListeners.forEach(Listener::close);
            return;
        }
        for (Listener listener : newListeners) {
            try {
                listener.open(loop, this, clientOptions, socketErrors);
                listeners.add(listener);
            } catch (IOException e) {
                LOG.log(Level.ERROR, "cannot watch " + listener, e);
            }
        }
        loop.schedule(cleanupIntervalNanos, this::sweep);
        loop.schedule(TICK_NANOS, this::tick);
    }

    @Override
    public void accepted(SocketChannel socket, Peer peer) throws IOException {
        if (!prefaces.areWanted()) {
            open(socket, peer);
        } else if (prefaces.areTakenFrom(peer)) {
            connections.makeRoom();
            connections.add(new PrefaceChannel(loop, this, socket, peer));
        } else {
            socket.close();
        }
    }

    /** Null if the client has too many. */
    private @Nullable HttpChannel open(SocketChannel socket, Peer peer) throws IOException {
        if (!connections.admits(peer.remoteAddress())) {
            LOG.log(Level.DEBUG, () -> peer.remoteAddress() + " has connections_per_address connections already");
            socket.close();
            return null;
        }
        connections.makeRoom();
        HttpChannel channel = new HttpChannel(loop, this, socket, peer);
        connections.add(channel);
        return channel;
    }

    /**
     * A preface has ended: the connection is that of a client like any other.
     *
     * @param behind what was read with the preface; not in the loop's buffer, into which others are read that make room
     */
    void announced(PrefaceChannel preface, SocketChannel socket, Peer client, ByteBuffer behind) throws IOException {
        connections.remove(preface);
        HttpChannel channel = open(socket, client);
        if (channel == null) {
            oneHasEnded();
            return;
        }
        channel.received(behind);
        if (draining) {
            channel.giveWay();
        }
    }

    void closed(Connection connection) {
        connections.remove(connection);
        oneHasEnded();
    }

    private void oneHasEnded() {
        roomMayBeThere();
        if (draining && connections.isEmpty()) {
            whenEmpty.run();
        }
    }

    /** A connection was closed, or waits for its next request. */
    void roomMayBeThere() {
        if (paused && connections.haveRoom()) {
            paused = false;
            listeners.forEach(Listener::resume);
        }
    }

    /** Whether another client can be taken now; if not, the listeners rest until one can. */
    @Override
    public boolean canTakeOne() {
        if (!paused && !connections.haveRoom()) {
            paused = true;
            connections.sayFull();
            listeners.forEach(Listener::pause);
        }
        return !paused;
    }

    private void tick() {
        loop.schedule(TICK_NANOS, this::tick); // first: a fault below must not be the end of all deadlines
        for (Connection connection : connections.snapshot()) {
            connection.enforce(loop.nowNanos(), deadlines);
        }
        observer.tick(loop.nowNanos());
        roomMayBeThere();
        connections.sayIfBelowLimit();
    }

    private void sweep() {
        loop.schedule(cleanupIntervalNanos, this::sweep);
        for (Connection connection : connections.snapshot()) {
            connection.closeIfIdle(loop.nowNanos(), channelTimeoutNanos);
        }
        loop.resources().localFiles().forgetUnused();
    }

    /** Takes no new client, and calls back when the last one has its answer. */
    public void drain(Runnable callback) {
        draining = true;
        whenEmpty = callback;
        listeners.forEach(Listener::acceptLast);
        listeners.forEach(Listener::close);
        listeners.clear();
        connections.snapshot().forEach(Connection::giveWay);
        if (connections.isEmpty()) {
            callback.run();
        }
    }

    /** How many connections wait for an answer, or for the rest of one. */
    public long running() {
        return connections.snapshot().stream()
                .filter(connection -> !connection.isIdle())
                .count();
    }

    /** Cuts every connection that is left. */
    public void closeAll() {
        long running = running();
        if (running > 0) {
            LOG.log(
                    Level.WARNING,
                    "cutting " + running + (running == 1 ? " connection" : " connections")
                            + " whose requests have not ended");
        }
        connections.snapshot().forEach(Connection::disconnect);
    }

    /** Those that are open. */
    List<Connection> connections() {
        return connections.snapshot();
    }

    boolean isDraining() {
        return draining;
    }

    Gateway gateway() {
        return gateway;
    }

    PrivateDirectory directory() {
        return directory;
    }

    ParserPool parsers() {
        return parsers;
    }

    TrustedProxy trustedProxy() {
        return trustedProxy;
    }

    Identity identity() {
        return identity;
    }

    RequestIds requestIds() {
        return requestIds;
    }

    RequestObserver observer() {
        return observer;
    }

    PrefaceRule prefaces() {
        return prefaces;
    }

    SocketErrors socketErrors() {
        return socketErrors;
    }

    MemoryBudget memory() {
        return loop.resources().memory();
    }

    BodyStorage bodies() {
        return bodies;
    }

    int outbufOverflow() {
        return outbufOverflow;
    }

    /** Requests of a channel that may be taken while another one of it runs. */
    int lookahead() {
        return lookahead;
    }
}
