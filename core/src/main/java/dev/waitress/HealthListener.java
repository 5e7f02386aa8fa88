package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.connection.Clients;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.health.Health;
import dev.waitress.health.HealthGateway;
import dev.waitress.health.NothingElse;
import dev.waitress.health.Probes;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.Listener;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of their own for what is asked of the server itself. They answer before the application is loaded, and
 * while the server drains; whoever finds them reaches nothing else.
 */
final class HealthListener {
    private static final Logger LOG = System.getLogger("waitress");

    /** A few may watch at once; one that has been idle for longest makes room. */
    private static final long MOST_CONNECTIONS = 32;

    private static final long HEAD_SECONDS = 5;

    /** A question has no body: this many bytes are refused. */
    private static final long LEAST_BODY_BYTES = 1;

    private final EventLoop loop;
    private final Clients clients;

    private HealthListener(EventLoop loop, Clients clients) {
        this.loop = loop;
        this.clients = clients;
    }

    /**
     * Answers from now on, where the settings say so; null if they do not.
     *
     * @throws IOException naming the address that cannot be had
     */
    static @Nullable HealthListener open(Settings settings, Health health, EventLoop loop, PrivateDirectory directory)
            throws IOException {
        if (settings.get(Setting.HEALTH_LISTEN).isEmpty()) {
            return null;
        }
        Settings own = ownSettings(settings);
        Probes probes = new Probes(settings);
        Gateway gateway = new HealthGateway(probes, health, new NothingElse());
        Clients clients = new Clients(loop, gateway, directory, own, RequestObserver.NONE);
        List<Listener> listeners = Listeners.open(own);
        loop.execute(() -> clients.open(listeners));
        listeners.forEach(listener -> listener.urls().forEach(url -> LOG.log(Level.INFO, "Health on " + url)));
        return new HealthListener(loop, clients);
    }

    /**
     * Fails as {@link #open} would where an address is none.
     *
     * @throws SettingsException naming it
     */
    static void check(Settings settings) {
        if (!settings.get(Setting.HEALTH_LISTEN).isEmpty()) {
            Addresses.resolve(ownSettings(settings));
        }
    }

    /** Those of a server that only tells of another: no proxy stands before it, and nobody sends it much. */
    private static Settings ownSettings(Settings settings) {
        return Settings.defaults()
                .with(Setting.LISTEN, settings.get(Setting.HEALTH_LISTEN))
                .with(Setting.IPV4, settings.get(Setting.IPV4))
                .with(Setting.IPV6, settings.get(Setting.IPV6))
                .with(Setting.REUSE_PORT, settings.get(Setting.REUSE_PORT))
                .with(Setting.IDENT, settings.get(Setting.IDENT))
                .with(Setting.LOG_SOCKET_ERRORS, settings.get(Setting.LOG_SOCKET_ERRORS))
                .with(Setting.CONNECTION_LIMIT, MOST_CONNECTIONS)
                .with(Setting.REQUEST_HEAD_TIMEOUT, HEAD_SECONDS)
                .with(Setting.MAX_REQUEST_BODY_SIZE, LEAST_BODY_BYTES)
                .with(Setting.CLEAR_UNTRUSTED_PROXY_HEADERS, false);
    }

    /** Answers nobody any more. */
    void close() {
        loop.execute(() -> {
            clients.drain(() -> {});
            clients.closeAll();
        });
    }
}
