package dev.waitress.cli;

import dev.waitress.platform.Platform;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What {@code ps} and {@code top} show as the name of this process, where the system lets it have one. */
final class ProcessName {
    private static final Logger LOG = System.getLogger("waitress");

    /** In the folder of processes; 15 bytes of a name are shown. */
    private static final String NAME = "self/comm";

    private ProcessName() {}

    /** Names it by its role in the server. */
    static void show(String role) {
        try {
            Path name = Platform.current().requireProc().resolve(NAME);
            Files.writeString(name, "waitress: " + role, StandardOpenOption.WRITE);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "this process keeps its name", e);
        }
    }
}
