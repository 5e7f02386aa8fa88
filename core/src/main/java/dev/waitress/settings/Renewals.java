package dev.waitress.settings;

import java.util.List;

/** The settings that make a server load its application again: only where it starts the workers itself can it do so. */
public final class Renewals {
    private static final List<Setting<?>> ALL = List.of(
            Setting.RELOAD,
            Setting.RELOAD_EXTRA,
            Setting.TOUCH_RELOAD,
            Setting.WARMUP_PATH,
            Setting.MAX_REQUESTS,
            Setting.MAX_REQUESTS_JITTER,
            Setting.MAX_WORKER_AGE,
            Setting.MAX_WORKER_MEMORY);

    private Renewals() {}

    /**
     * Refuses settings that ask for it.
     *
     * @param reason why it cannot be
     * @throws SettingsException if one of them is not its default
     */
    public static void refuse(Settings settings, String reason) {
        settings.requireDefaults(ALL, reason);
    }
}
