package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.connection.Clients;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.Listener;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.util.List;

/**
 * Addresses beside those of the application, where questions about the server itself are answered. Whoever finds them
 * reaches nothing else, and what hangs there is in nobody's way.
 */
final class SideListener {
    /** A few may ask at once; one that has been idle for longest makes room. */
    private static final long MOST_CONNECTIONS = 32;

    private static final long HEAD_SECONDS = 5;

    /** A question has no body: this many bytes are refused. */
    private static final long LEAST_BODY_BYTES = 1;

    private final EventLoop loop;
    private final Clients clients;
    private final List<Listener> listeners;

    private SideListener(EventLoop loop, Clients clients, List<Listener> listeners) {
        this.loop = loop;
        this.clients = clients;
        this.listeners = listeners;
    }

    /** Those of a server that only tells of another: no proxy stands before it, and nobody sends it much. */
    static Settings ownSettings(Settings settings) {
        return Settings.defaults()
                .with(Setting.IDENT, settings.get(Setting.IDENT))
                .with(Setting.LOG_SOCKET_ERRORS, settings.get(Setting.LOG_SOCKET_ERRORS))
                .with(Setting.CONNECTION_LIMIT, MOST_CONNECTIONS)
                .with(Setting.REQUEST_HEAD_TIMEOUT, HEAD_SECONDS)
                .with(Setting.MAX_REQUEST_BODY_SIZE, LEAST_BODY_BYTES)
                .with(Setting.CLEAR_UNTRUSTED_PROXY_HEADERS, false);
    }

    /**
     * Takes clients from now on.
     *
     * @param own settings of its own: where it listens, and what is allowed
     * @throws IOException naming the address that cannot be had
     */
    static SideListener open(Settings own, Gateway gateway, EventLoop loop, PrivateDirectory directory)
            throws IOException {
        Clients clients = new Clients(loop, gateway, directory, own, RequestObserver.NONE);
        List<Listener> listeners = Listeners.open(own);
        loop.execute(() -> clients.open(listeners));
        return new SideListener(loop, clients, listeners);
    }

    List<Listener> listeners() {
        return listeners;
    }

    /** Answers nobody any more. */
    void close() {
        loop.execute(() -> {
            clients.drain(() -> {});
            clients.cutAll(); // those who watch would never go
        });
    }
}
