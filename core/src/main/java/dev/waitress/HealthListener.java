package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Gateway;
import dev.waitress.health.Health;
import dev.waitress.health.HealthGateway;
import dev.waitress.health.NothingElse;
import dev.waitress.health.Probes;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Addresses for health alone. They answer before the application is loaded, and while the server drains. */
final class HealthListener {
    private static final Logger LOG = System.getLogger("waitress");

    private HealthListener() {}

    /**
     * Answers from now on, where the settings say so; null if they do not.
     *
     * @throws IOException naming the address that cannot be had
     */
    static @Nullable SideListener open(Settings settings, Health health, EventLoop loop, PrivateDirectory directory)
            throws IOException {
        if (settings.get(Setting.HEALTH_LISTEN).isEmpty()) {
            return null;
        }
        Gateway gateway = new HealthGateway(new Probes(settings), health, new NothingElse());
        SideListener opened = SideListener.open(ownSettings(settings), gateway, loop, directory);
        opened.listeners().forEach(listener -> listener.urls().forEach(url -> LOG.log(Level.INFO, "Health on " + url)));
        return opened;
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

    private static Settings ownSettings(Settings settings) {
        return SideListener.ownSettings(settings)
                .with(Setting.LISTEN, settings.get(Setting.HEALTH_LISTEN))
                .with(Setting.IPV4, settings.get(Setting.IPV4))
                .with(Setting.IPV6, settings.get(Setting.IPV6))
                .with(Setting.REUSE_PORT, settings.get(Setting.REUSE_PORT));
    }
}
