package dev.waitress;

import dev.waitress.buffer.FileBudget;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.connection.ClientLimits;
import dev.waitress.connection.Clients;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ServerName;
import dev.waitress.health.ExceptProbes;
import dev.waitress.health.Health;
import dev.waitress.health.HealthGateway;
import dev.waitress.health.Probes;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.DescriptorLimit;
import dev.waitress.net.Listener;
import dev.waitress.redirect.RedirectGateway;
import dev.waitress.relay.RelayGateway;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.tls.Encryption;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All of a server but the listeners for its clients: the event loops, what answers requests, and what tells how it is.
 *
 * @param loop where requests are answered, and all but clients has its place
 * @param others for clients alone
 */
record Engine(
        PrivateDirectory directory,
        EventLoop loop,
        List<EventLoop> others,
        Health health,
        @Nullable SideListener healthListener,
        Gateway gateway,
        @Nullable Encryption encryption) {
    private static final Logger LOG = System.getLogger("waitress");

    private static final int FAILED = 1;

    /** Returns when requests can be answered. Whatever fails, nothing is left behind. */
    static Engine start(Settings settings, int loops, GatewayStarter starter) throws IOException, InterruptedException {
        Encryption encryption = Encryption.open(settings, Clock.SYSTEM::millis);
        PrivateDirectory directory = new PrivateDirectory(
                new FileBudget(DescriptorLimit.ofThisProcess().files(settings)));
        MemoryBudget memory = MemoryBudget.ofHeap();
        EventLoop loop = loop("waitress-loop", settings, memory);
        loop.leftovers().add(directory::close);
        List<EventLoop> others = new ArrayList<>();
        try {
            for (int i = 1; i < loops; i++) {
                others.add(loop("waitress-loop-" + i, settings, memory));
            }
            return start(settings, encryption, starter, loop, others, directory);
        } catch (IOException | RuntimeException | InterruptedException e) {
            close(encryption);
            stop(others);
            loop.stop();
            directory.close();
            throw e;
        }
    }

    private static EventLoop loop(String name, Settings settings, MemoryBudget memory) throws IOException {
        EventLoop loop = new EventLoop(name, settings.getInt(Setting.RECV_BYTES), memory, Clock.SYSTEM);
        loop.lookFor(TimeUnit.MICROSECONDS.toNanos(settings.get(Setting.BUSY_POLL)));
        loop.start();
        long intervalNanos = TimeUnit.SECONDS.toNanos(settings.get(Setting.CLEANUP_INTERVAL));
        loop.execute(() -> forgetUnusedFiles(loop, intervalNanos));
        return loop;
    }

    private static void stop(List<EventLoop> loops) throws InterruptedException {
        for (EventLoop each : loops) {
            each.stop();
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
            List<EventLoop> others,
            PrivateDirectory directory)
            throws IOException, InterruptedException {
        Health health = new Health();
        SideListener healthListener = HealthListener.open(settings, health, loop, directory);
        try {
            Gateway gateway = starter.start(loop, directory);
            return new Engine(directory, loop, List.copyOf(others), health, healthListener, gateway, encryption);
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

    /**
     * Those who are answered.
     *
     * @param observations one for each loop, which is told of all but requests that ask after the health of the server
     */
    Loops loops(Settings settings, List<Observation> observations, List<Listener> listeners) {
        Probes probes = settings.get(Setting.HEALTH) ? new Probes(settings) : null;
        Gateway answering = behindRedirect(settings, listeners);
        Gateway all = probes == null ? answering : new HealthGateway(probes, health, answering);
        ServerName name = new ServerName(settings.get(Setting.IDENT), settings.get(Setting.EXPOSE_TRACEBACKS));
        List<ClientLimits> limits = ClientLimits.shared(settings, observations.size());
        List<LoopPart> parts = new ArrayList<>();
        for (Observation noted : observations) {
            EventLoop its = parts.isEmpty() ? loop : others.get(parts.size() - 1);
            Gateway there = its == loop ? all : new RelayGateway(its, loop, all, name);
            RequestObserver observer = probes == null ? noted.observer() : new ExceptProbes(probes, noted.observer());
            ClientLimits share = limits.get(parts.size());
            parts.add(new LoopPart(
                    its, new Clients(its, there, directory, settings, observer, encryption, share), noted));
        }
        Clients home = parts.get(0).clients();
        parts.stream().skip(1).forEach(part -> home.handOverTo(part.clients()));
        return new Loops(parts);
    }

    /** What a service manager is told. */
    ServiceReport reportTo(ServiceManager manager) {
        return new ServiceReport(manager, directory, health, loop, Clock.SYSTEM);
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
        loop.whenFailed(this::endProcess);
        others.forEach(other -> other.whenFailed(this::endProcess));
    }

    private void endProcess() {
        try {
            loop.leftovers().remove();
        } finally {
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** Ends what still runs, within this time. The sockets of its clients must have been closed. */
    void stop(Duration within) throws InterruptedException {
        stop(within, SideListeners.NONE);
    }

    /** The same, and at last what has told of it until the end. */
    void stop(Duration within, SideListeners side) throws InterruptedException {
        gateway.close(within);
        close(healthListener);
        side.close();
        if (!others.isEmpty()) {
            awaitOrders();
            stop(others);
        }
        loop.stop();
        close(encryption);
        directory.close();
    }

    /** Until the others have in their queues what this loop has ordered so far, unless it has failed. */
    private void awaitOrders() throws InterruptedException {
        CountDownLatch ordered = new CountDownLatch(1);
        loop.execute(ordered::countDown);
        if (!ordered.await(1, TimeUnit.SECONDS)) {
            LOG.log(Level.DEBUG, "the event loop does not answer");
        }
    }
}
