package dev.waitress.worker;

import dev.waitress.platform.Platform;
import dev.waitress.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Which Python runs the workers, unless one is named: the active virtualenv's, else the one on the PATH. */
public final class PythonFinder {
    private PythonFinder() {}

    /**
     * Command of the interpreter.
     *
     * @param named the setting, a command or the folder of a virtual environment; empty if none was given
     * @param environment that of the process
     * @throws SettingsException if it names a folder without a Python
     */
    public static String find(String named, Map<String, String> environment) {
        if (!named.isEmpty()) {
            return Files.isDirectory(Path.of(named)) ? requireInside(Path.of(named)) : named;
        }
        String virtualenv = environment.getOrDefault("VIRTUAL_ENV", "");
        if (!virtualenv.isEmpty()) {
            Path python = inside(Path.of(virtualenv));
            if (Files.isExecutable(python)) {
                return python.toString();
            }
        }
        return Platform.current().python();
    }

    private static String requireInside(Path virtualenv) {
        Path python = inside(virtualenv.toAbsolutePath());
        if (!Files.isExecutable(python)) {
            throw new SettingsException("python: " + virtualenv + " is a folder without " + inside(Path.of(""))
                    + ", and so no virtual environment");
        }
        return python.toString();
    }

    private static Path inside(Path virtualenv) {
        return Platform.current().python(virtualenv);
    }
}
