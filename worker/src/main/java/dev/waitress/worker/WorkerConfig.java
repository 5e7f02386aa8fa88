package dev.waitress.worker;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;

/**
 * Which Python application runs, and on what.
 *
 * @param python command of the interpreter
 * @param application {@code module:attribute}
 * @param isFactory whether the attribute is called, without arguments, to make the application
 * @param settings those of the server
 */
public record WorkerConfig(List<String> python, String application, boolean isFactory, Settings settings) {
    public WorkerConfig {
        python = List.copyOf(python);
    }

    int workers() {
        return settings.getInt(Setting.WORKERS);
    }

    /** Whether the application is loaded again when its files change. */
    boolean isReloading() {
        return settings.get(Setting.RELOAD);
    }

    int threads() {
        return settings.getInt(Setting.THREADS);
    }
}
