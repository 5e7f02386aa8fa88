package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.exchange.Operations;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.metrics.AdminGateway;
import dev.waitress.metrics.FrontFacts;
import dev.waitress.metrics.Guard;
import dev.waitress.metrics.Sources;
import dev.waitress.metrics.Traffic;
import dev.waitress.net.DescriptorLimit;
import dev.waitress.net.Listener;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Addresses where the server tells what it counts. */
final class MetricsListener {
    private static final Logger LOG = System.getLogger("waitress");

    private MetricsListener() {}

    /**
     * Answers from now on, where the settings say so; null if they do not.
     *
     * @throws IOException naming the address that cannot be had
     * @throws SettingsException if others could give orders
     */
    static @Nullable SideListener open(
            Settings settings, List<Listener> listeners, Loops loops, Operations operations, Engine engine)
            throws IOException {
        Traffic traffic = loops.observation().traffic();
        if (traffic == null) {
            return null;
        }
        EventLoop loop = engine.loop();
        long sinceNanos = Clock.SYSTEM.nanos();
        Sources sources = new Sources(
                traffic,
                () -> facts(listeners, loops.clients(), loops.observation(), engine, sinceNanos),
                operations,
                engine.directory().files()::held,
                DescriptorLimit.ofThisProcess().descriptors(),
                engine.gateway().meter(),
                loops.counting());
        Settings own = ownSettings(settings);
        AdminGateway gateway =
                new AdminGateway(sources, guard(settings, own), loop::execute, loop, ForkJoinPool.commonPool());
        SideListener opened = SideListener.open(own, gateway, loop, engine.directory());
        opened.listeners()
                .forEach(listener -> listener.urls().forEach(url -> LOG.log(Level.INFO, "Metrics on " + url)));
        return opened;
    }

    private static FrontFacts facts(
            List<Listener> listeners, Clients clients, Observation observation, Engine engine, long sinceNanos) {
        long nowNanos = engine.loop().nowNanos();
        return new FrontFacts(
                Listeners.urls(listeners),
                nowNanos,
                nowNanos - sinceNanos,
                engine.health().obstacles(),
                clients.counts(),
                engine.loop().resources().memory().held(),
                engine.loop().resources().memory().most(),
                observation.droppedLines(),
                engine.certificateEndSeconds(),
                observation.spanCounts());
    }

    /** Who can only be reached from this machine tells more, and is careful by what name it is called. */
    private static Guard guard(Settings settings, Settings own) {
        boolean isLocal = Addresses.resolve(own).stream()
                .allMatch(address -> address.getAddress().isLoopbackAddress());
        String token = settings.get(Setting.ADMIN_TOKEN);
        if (settings.get(Setting.ADMIN_ACTIONS) && !isLocal && token.isEmpty()) {
            throw new SettingsException(
                    "admin_actions needs admin_token where metrics_listen has an address that others can reach");
        }
        Set<String> names = settings.get(Setting.METRICS_LISTEN).stream()
                .map(entry -> entry.substring(0, entry.lastIndexOf(':')).toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return new Guard(isLocal, names, token, settings.get(Setting.ADMIN_ACTIONS));
    }

    /**
     * Fails as {@link #open} would where an address is none.
     *
     * @throws SettingsException naming it
     */
    static void check(Settings settings) {
        if (!settings.get(Setting.METRICS_LISTEN).isEmpty()) {
            guard(settings, ownSettings(settings));
        }
    }

    private static Settings ownSettings(Settings settings) {
        return SideListener.ownSettings(settings)
                .with(Setting.LISTEN, settings.get(Setting.METRICS_LISTEN))
                .with(Setting.IPV4, settings.get(Setting.IPV4))
                .with(Setting.IPV6, settings.get(Setting.IPV6))
                .with(Setting.REUSE_PORT, settings.get(Setting.REUSE_PORT));
    }
}
