package dev.waitress.connection;

import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.ClientCounts;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Limits;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.ClientOptions;
import dev.waitress.net.Listener;
import dev.waitress.net.SocketErrors;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.tls.Encryption;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All clients of one loop: puts together what serves them, and looks after them as time passes. Event loop only, except
 * that any thread may make it.
 */
public final class Clients {
    private static final Logger LOG = System.getLogger("waitress");

    /** How exactly deadlines are kept. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EventLoop loop;

    /** Of the other loops, for which this one accepts. */
    private final List<Clients> others = new ArrayList<>();

    private final RequestObserver observer;
    private final Connections connections;
    private final Admission admission;
    private final long channelTimeoutNanos;
    private final long cleanupIntervalNanos;

    /** Nobody yet, and nobody who encrypts; the observer sees all that they send. */
    public Clients(
            EventLoop loop, Gateway gateway, PrivateDirectory directory, Settings settings, RequestObserver observer) {
        this(loop, gateway, directory, settings, observer, null, ClientLimits.of(settings));
    }

    /**
     * Nobody yet.
     *
     * @param observer sees all that they send
     * @param encryption for listeners whose clients encrypt, if there are any
     * @param limits how many there may be
     */
    public Clients(
            EventLoop loop,
            Gateway gateway,
            PrivateDirectory directory,
            Settings settings,
            RequestObserver observer,
            @Nullable Encryption encryption,
            ClientLimits limits) {
        this.loop = loop;
        this.observer = observer;
        this.connections = new Connections(limits);
        this.channelTimeoutNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CHANNEL_TIMEOUT));
        this.cleanupIntervalNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CLEANUP_INTERVAL));
        SocketErrors errors = new SocketErrors(settings);
        Protocols protocols = protocols(gateway, directory, settings, errors, encryption);
        this.admission = new Admission(loop, protocols, connections, new ClientOptions(settings), errors);
    }

    private Protocols protocols(
            Gateway gateway,
            PrivateDirectory directory,
            Settings settings,
            SocketErrors errors,
            @Nullable Encryption encryption) {
        TrustedProxy trustedProxy = new TrustedProxy(settings);
        RequestIds ids = new RequestIds(settings);
        BodyStorage bodies = new BodyStorage(
                settings.getInt(Setting.INBUF_OVERFLOW), loop.resources().memory(), directory, gateway.bodyMemory());
        ServerName name = new ServerName(settings.get(Setting.IDENT), settings.get(Setting.EXPOSE_TRACEBACKS));
        ConnectionMeans connectionMeans =
                new ConnectionMeans(loop, settings.getInt(Setting.OUTBUF_OVERFLOW), directory, errors);
        boolean isHttp2Cleartext = settings.get(Setting.HTTP2_CLEARTEXT);
        Intake.Means intake = new Intake.Means(new ParserPool(Limits.of(settings)), trustedProxy, bodies, ids);
        return new Protocols(
                connectionMeans,
                intake,
                new Exchanges(gateway, observer, ids, name, settings),
                new PrefaceRule(settings, trustedProxy),
                Deadlines.of(settings),
                isHttp2Cleartext || encryption != null ? Http2Means.of(settings, connectionMeans, intake) : null,
                isHttp2Cleartext,
                encryption);
    }

    /**
     * Hands some of the clients over to another loop, for good. To be said first; from then on this one orders both.
     */
    public void handOverTo(Clients other) {
        others.add(other);
        admission.handOverTo(
                new OtherLoop(other.loop, other.admission, () -> loop.execute(admission::resumeIfThereIsRoom)));
    }

    /** Begins to take clients from these listeners, or closes them if the end has begun before. */
    public void open(List<Listener> listeners) {
        others.forEach(other -> other.loop.execute(() -> other.open(List.of())));
        admission.open(listeners);
        loop.schedule(cleanupIntervalNanos, this::sweep);
        loop.schedule(TICK_NANOS, this::tick);
    }

    private void tick() {
        loop.schedule(TICK_NANOS, this::tick); // first: a fault below must not be the end of all deadlines
        for (Connection connection : connections.snapshot()) {
            connection.enforceDeadlines(loop.nowNanos());
        }
        observer.tick(loop.nowNanos());
        admission.tick();
    }

    private void sweep() {
        loop.schedule(cleanupIntervalNanos, this::sweep);
        for (Connection connection : connections.snapshot()) {
            connection.place().vacateIfUnused(loop.nowNanos(), channelTimeoutNanos);
        }
    }

    /** Clients are to come back on other connections, and to another server if there is one. */
    public void sendAway() {
        admission.sendAway();
    }

    /** Takes no new client, and calls back when the last one has its answer. */
    public void drain(Runnable callback) {
        admission.drain(callback);
    }

    /** How many connections there are, on all loops. */
    public int count() {
        return connections.size() + admission.countElsewhere();
    }

    /** What those of this loop do, and how many there have been. */
    public ClientCounts counts() {
        return connections.counts();
    }

    /** How many connections of this loop wait for an answer, or for the rest of one. */
    public long running() {
        return connections.snapshot().stream().filter(Connection::hasRequests).count();
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
        cutAll();
        others.forEach(other -> other.loop.execute(other::closeAll));
    }

    /** The same on this loop where that is in order. */
    public void cutAll() {
        connections.snapshot().forEach(Connection::close);
    }

    /** For tests: who takes clients. */
    Admission admission() {
        return admission;
    }

    /** Those that are open. */
    List<Connection> connections() {
        return connections.snapshot();
    }
}
