package dev.waitress.settings;

import java.util.List;

/**
 * The settings that only workers know how to obey: what becomes of one that fails, and of its requests, and how Python
 * logs.
 */
public final class Rescues {
    private static final List<Setting<?>> ALL =
            List.of(Setting.STARTUP_TIMEOUT, Setting.WORKER_TIMEOUT, Setting.RETRY_IDEMPOTENT, Setting.LOG_CONFIG);

    private Rescues() {}

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
