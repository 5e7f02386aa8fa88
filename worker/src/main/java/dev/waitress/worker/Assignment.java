package dev.waitress.worker;

import dev.waitress.settings.Settings;
import java.util.List;

/**
 * What the process that started this front wants served.
 *
 * @param application which workers are to import; its name is empty where the caller has made it, and runs it itself
 * @param python command of the interpreter that imports it
 */
public record Assignment(Settings settings, PythonApplication application, List<String> python) {
    public Assignment {
        python = List.copyOf(python);
    }

    /** Whether workers that we start can import the application, now and again. */
    public boolean isByName() {
        return !application.name().isEmpty();
    }
}
