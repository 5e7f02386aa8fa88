package dev.waitress.channel;

import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.gateway.Gateway;
import dev.waitress.gateway.Identity;
import dev.waitress.gateway.Peer;
import dev.waitress.gateway.RequestIds;
import dev.waitress.gateway.RequestObserver;
import dev.waitress.http.Limits;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The open channels of one loop, what they share, and the listeners that bring new ones. Event loop only. */
public final class ChannelHost {
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
    private final int connectionLimit;
    private final long channelTimeoutNanos;
    private final long cleanupIntervalNanos;
    private final Deadlines deadlines;
    private final SocketErrors socketErrors;
    private final TrustedProxy trustedProxy;
    private final RequestIds requestIds;
    private final RequestObserver observer;

    private final Set<HttpChannel> channels = new LinkedHashSet<>();
    private final List<Listener> listeners = new ArrayList<>();
    private boolean full;
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
        this.bodies = new BodyStorage(settings.getInt(Setting.INBUF_OVERFLOW), directory, gateway.bodyMemory());
        this.outbufOverflow = settings.getInt(Setting.OUTBUF_OVERFLOW);
        this.connectionLimit = settings.getInt(Setting.CONNECTION_LIMIT);
        this.channelTimeoutNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CHANNEL_TIMEOUT));
        this.cleanupIntervalNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CLEANUP_INTERVAL));
        this.deadlines = Deadlines.of(settings);
        this.socketErrors = new SocketErrors(settings);
        this.trustedProxy = new TrustedProxy(settings);
        this.requestIds = new RequestIds(settings);
        this.observer = observer;
    }

    /** Begins to take clients from these listeners. */
    public void open(List<Listener> newListeners) {
        for (Listener listener : newListeners) {
            try {
                listener.open(loop, this);
                listeners.add(listener);
            } catch (IOException e) {
                LOG.log(Level.ERROR, "cannot watch " + listener, e);
            }
        }
        loop.schedule(cleanupIntervalNanos, this::sweep);
        loop.schedule(TICK_NANOS, this::tick);
    }

    void accepted(SocketChannel socket, Peer peer) throws IOException {
        channels.add(new HttpChannel(loop, this, socket, peer));
        if (channels.size() >= connectionLimit && !full) {
            full = true;
            LOG.log(
                    Level.WARNING,
                    "total open connections reached the connection limit, no longer accepting new connections");
            listeners.forEach(Listener::pause);
        }
    }

    void closed(HttpChannel channel) {
        channels.remove(channel);
        if (full && channels.size() < connectionLimit) {
            full = false;
            LOG.log(Level.INFO, "total open connections dropped below the connection limit, listening again");
            listeners.forEach(Listener::resume);
        }
        if (draining && channels.isEmpty()) {
            whenEmpty.run();
        }
    }

    boolean isFull() {
        return full;
    }

    private void tick() {
        for (HttpChannel channel : List.copyOf(channels)) {
            channel.enforce(deadlines);
        }
        observer.tick(loop.nowNanos());
        loop.schedule(TICK_NANOS, this::tick);
    }

    private void sweep() {
        for (HttpChannel channel : List.copyOf(channels)) {
            channel.closeIfIdle(channelTimeoutNanos);
        }
        loop.schedule(cleanupIntervalNanos, this::sweep);
    }

    /** Takes no new client, and calls back when the last one has its answer. */
    public void drain(Runnable callback) {
        draining = true;
        whenEmpty = callback;
        listeners.forEach(Listener::close);
        listeners.clear();
        List.copyOf(channels).forEach(HttpChannel::drain);
        if (channels.isEmpty()) {
            callback.run();
        }
    }

    /** Cuts every connection that is left. */
    public void closeAll() {
        List.copyOf(channels).forEach(HttpChannel::disconnect);
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

    SocketErrors socketErrors() {
        return socketErrors;
    }

    BodyStorage bodies() {
        return bodies;
    }

    int outbufOverflow() {
        return outbufOverflow;
    }
}
