package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.exchange.Operations;
import dev.waitress.loop.EventLoop;
import dev.waitress.metrics.FrontFacts;
import dev.waitress.metrics.MetricsGateway;
import dev.waitress.metrics.Sources;
import dev.waitress.metrics.Traffic;
import dev.waitress.net.DescriptorLimit;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** Addresses where the server tells what it counts. */
final class MetricsListener {
    private static final Logger LOG = System.getLogger("waitress");

    private MetricsListener() {}

    /**
     * Answers from now on, where the settings say so; null if they do not.
     *
     * @throws IOException naming the address that cannot be had
     */
    static @Nullable SideListener open(
            Settings settings, Clients clients, Observation observation, Operations operations, Engine engine)
            throws IOException {
        Traffic traffic = observation.traffic();
        if (traffic == null) {
            return null;
        }
        EventLoop loop = engine.loop();
        Sources sources = new Sources(
                traffic,
                () -> facts(clients, observation, engine),
                operations,
                engine.directory()::countSpooled,
                DescriptorLimit.ofThisProcess().descriptors());
        MetricsGateway gateway = new MetricsGateway(sources, loop::execute, ForkJoinPool.commonPool());
        SideListener opened = SideListener.open(ownSettings(settings), gateway, loop, engine.directory());
        opened.listeners()
                .forEach(listener -> listener.urls().forEach(url -> LOG.log(Level.INFO, "Metrics on " + url)));
        return opened;
    }

    private static FrontFacts facts(Clients clients, Observation observation, Engine engine) {
        return new FrontFacts(
                engine.health().obstacles(),
                clients.counts(),
                engine.loop().resources().memory().held(),
                engine.loop().resources().memory().most(),
                observation.droppedLines());
    }

    /**
     * Fails as {@link #open} would where an address is none.
     *
     * @throws SettingsException naming it
     */
    static void check(Settings settings) {
        if (!settings.get(Setting.METRICS_LISTEN).isEmpty()) {
            Addresses.resolve(ownSettings(settings));
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
