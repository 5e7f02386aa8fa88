package dev.waitress.worker;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Which Python application runs, and on what.
 *
 * @param python command of the interpreter
 * @param application how its workers find it
 * @param settings those of the server
 */
public record WorkerConfig(List<String> python, PythonApplication application, Settings settings) {
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

    /** Files to watch then, besides what the workers have imported. */
    List<String> watched() {
        List<String> files = new ArrayList<>(settings.get(Setting.RELOAD_EXTRA));
        if (!application.iniFile().isEmpty()) {
            files.add(application.iniFile());
        }
        return files;
    }

    int threads() {
        return settings.getInt(Setting.THREADS);
    }
}
