package dev.waitress.settings;

import java.util.List;

/** The settings by which workers come from one process that has loaded the application, and say how they get on. */
public final class Preload {
    private static final List<Setting<?>> FORKING = List.of(Setting.PRELOAD, Setting.POST_FORK);

    private Preload() {}

    /**
     * Refuses processes that are forked.
     *
     * @param reason why there can be none
     * @throws SettingsException if one of them is wanted
     */
    public static void refuse(Settings settings, String reason) {
        settings.requireDefaults(FORKING, reason);
    }

    /**
     * Refuses the same, and what is called in processes of workers.
     *
     * @param reason why there can be none
     * @throws SettingsException if one of them is wanted
     */
    public static void refuseAll(Settings settings, String reason) {
        refuse(settings, reason);
        settings.requireDefaults(List.of(Setting.WORKER_EXIT), reason);
    }
}
