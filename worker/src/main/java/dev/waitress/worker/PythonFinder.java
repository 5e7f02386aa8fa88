package dev.waitress.worker;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Which Python runs the workers, unless one is named: the active virtualenv's, else the one on the PATH. */
public final class PythonFinder {
    private PythonFinder() {}

    /**
     * Command of the interpreter.
     *
     * @param named the setting; empty if none was given
     * @param environment that of the process
     */
    public static String find(String named, Map<String, String> environment) {
        if (!named.isEmpty()) {
            return named;
        }
        String virtualenv = environment.getOrDefault("VIRTUAL_ENV", "");
        boolean windows = File.separatorChar == '\\';
        if (!virtualenv.isEmpty()) {
            Path python = Path.of(virtualenv, windows ? "Scripts\\python.exe" : "bin/python");
            if (Files.isExecutable(python)) {
                return python.toString();
            }
        }
        return windows ? "python" : "python3";
    }
}
