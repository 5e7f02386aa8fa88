package dev.waitress.worker;

import dev.waitress.platform.Platform;
import dev.waitress.settings.SettingsException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

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
        return Platform.current().python(file -> isOnPath(file, environment));
    }

    /**
     * What Windows offers to fetch from its Store is empty, as are its names for what was installed from there. Both
     * are passed over here: who has the launcher is better off with that, and Windows finds them where they are all
     * that there is.
     */
    private static boolean isOnPath(String file, Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(variable -> variable.getKey().equalsIgnoreCase("PATH")) // Windows writes Path
                .flatMap(variable -> Stream.of(variable.getValue().split(File.pathSeparator)))
                .map(folder -> new File(folder, file))
                .anyMatch(program -> program.canExecute() && program.length() > 0);
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
