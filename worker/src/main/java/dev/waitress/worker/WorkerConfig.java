package dev.waitress.worker;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
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

    int threads() {
        return settings.getInt(Setting.THREADS);
    }
}
