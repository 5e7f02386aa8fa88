package dev.waitress.exchange;

import dev.waitress.meter.Meter;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;

/** Makes what counts for an application. */
public final class Meters {
    private Meters() {}

    /** One that counts where the settings have an address at which it is told. */
    public static Meter of(Settings settings) {
        return settings.get(Setting.METRICS_LISTEN).isEmpty()
                ? Meter.NONE
                : new Meter(settings.getInt(Setting.METRICS_LIMIT));
    }
}
