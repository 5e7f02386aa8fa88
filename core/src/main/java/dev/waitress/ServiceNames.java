package dev.waitress;

import dev.waitress.platform.Platform;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Ports that the system has names for, as {@code http} for 80. */
final class ServiceNames {
    private static final Path FILE = Path.of("/etc/services");

    private ServiceNames() {}

    /** Port of a TCP service; -1 if there is none of this name. */
    static int port(String name) {
        if (!Platform.current().hasServiceNames()) {
            throw new SettingsException("Windows does not support service names instead of port numbers");
        }
        try {
            return port(name, Files.readAllLines(FILE, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return -1; // a system without names
        }
    }

    /** A line is {@code NAME PORT/tcp ALIAS…}, and may end with a comment. */
    static int port(String name, List<String> lines) {
        for (String line : lines) {
            List<String> words =
                    Arrays.asList(line.replaceFirst("#.*", "").trim().split("\\s+", -1));
            if (words.size() > 1 && words.contains(name) && words.get(1).endsWith("/tcp")) {
                return Integer.parseInt(words.get(1).substring(0, words.get(1).indexOf('/')));
            }
        }
        return -1;
    }
}
