package dev.waitress;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.connection.Clients;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.health.ExceptProbes;
import dev.waitress.health.Health;
import dev.waitress.health.HealthGateway;
import dev.waitress.health.Probes;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.Listener;
import dev.waitress.redirect.RedirectGateway;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.tls.Encryption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All of a server but the listeners for its clients: the event loop, what answers requests, and what tells how it is.
 */
record Engine(
        PrivateDirectory directory,
        EventLoop loop,
        Health health,
        @Nullable SideListener healthListener,
        Gateway gateway,
        @Nullable Encryption encryption) {
    private static final int FAILED = 1;

    /** Returns when requests can be answered. Whatever fails, nothing is left behind. */
    static Engine start(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        Encryption encryption = Encryption.open(settings, Clock.SYSTEM::millis);
        PrivateDirectory directory = new PrivateDirectory();
        EventLoop loop = new EventLoop(
                "waitress-loop", settings.getInt(Setting.RECV_BYTES), MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.lookFor(TimeUnit.MICROSECONDS.toNanos(settings.get(Setting.BUSY_POLL)));
        loop.leftovers().add(directory::close);
        loop.start();
        long intervalNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CLEANUP_INTERVAL));
        loop.execute(() -> forgetUnusedFiles(loop, intervalNanos));
        try {
            return start(settings, encryption, starter, loop, directory);
        } catch (IOException | RuntimeException | InterruptedException e) {
            close(encryption);
            loop.stop();
            directory.close();
            throw e;
        }
    }

    private static void forgetUnusedFiles(EventLoop loop, long intervalNanos) {
        loop.schedule(intervalNanos, () -> forgetUnusedFiles(loop, intervalNanos));
        loop.resources().localFiles().forgetUnused();
    }

    private static Engine start(
            Settings settings,
            @Nullable Encryption encryption,
            GatewayStarter starter,
            EventLoop loop,
            PrivateDirectory directory)
            throws IOException, InterruptedException {
        Health health = new Health();
        SideListener healthListener = HealthListener.open(settings, health, loop, directory);
        try {
            return new Engine(directory, loop, health, healthListener, starter.start(loop, directory), encryption);
        } catch (IOException | RuntimeException | InterruptedException e) {
            close(healthListener);
            throw e;
        }
    }

    private static void close(@Nullable SideListener listener) {
        if (listener != null) {
            listener.close();
        }
    }

    /** When the first of its certificates expires, since 1970; 0 if it has none. */
    long certificateEndSeconds() {
        return encryption == null ? 0 : encryption.endSeconds();
    }

    private static void close(@Nullable Encryption encryption) {
        if (encryption != null) {
            encryption.close();
        }
    }

    /** Those who are answered; the observer is told of all but those that ask after the health of the server. */
    Clients clients(Settings settings, RequestObserver observer, List<Listener> listeners) {
        Gateway answering = behindRedirect(settings, listeners);
        if (!settings.get(Setting.HEALTH)) {
            return new Clients(loop, answering, directory, settings, observer, encryption);
        }
        Probes probes = new Probes(settings);
        Gateway healthGateway = new HealthGateway(probes, health, answering);
        return new Clients(loop, healthGateway, directory, settings, new ExceptProbes(probes, observer), encryption);
    }

    private Gateway behindRedirect(Settings settings, List<Listener> listeners) {
        if (!settings.get(Setting.HTTPS_REDIRECT)
                && settings.get(Setting.ACME_CHALLENGE_DIR).isEmpty()) {
            return gateway;
        }
        int port = listeners.stream()
                .filter(Listener::isEncrypted)
                .flatMap(listener -> listener.addresses().stream())
                .mapToInt(address -> ((InetSocketAddress) address).getPort())
                .findFirst()
                .orElseThrow(() -> new SettingsException("https_redirect: no address speaks HTTPS"));
        return new RedirectGateway(settings, port, gateway);
    }

    /** What operators may order; when the application is loaded again, so are certificates. */
    Operations operations(ServiceReport service) {
        Runnable files = encryption == null ? () -> {} : encryption::reload;
        return new ReportedOperations(gateway.operations(), files, service, loop::execute);
    }

    /** Lets the process end, with status 1, if the event loop fails. */
    void endProcessIfFailed() {
        loop.whenFailed(() -> {
            try {
                loop.leftovers().remove();
            } finally {
                Runtime.getRuntime().halt(FAILED);
            }
        });
    }

    /** Ends what still runs, within this time. The sockets of its clients must have been closed. */
    void stop(Duration within) throws InterruptedException {
        stop(within, SideListeners.NONE);
    }

    /** The same, and at last what has told of it until the end. */
    void stop(Duration within, SideListeners others) throws InterruptedException {
        gateway.close(within);
        close(healthListener);
        others.close();
        loop.stop();
        close(encryption);
        directory.close();
    }
}
