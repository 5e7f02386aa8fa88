package dev.waitress.platform;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts processes; nobody else does. */
public final class Processes {
    /**
     * Descriptors that Java takes for a moment in order to start a process, nine at most, and some to spare. Where it
     * finds too few, Java 17 closes others for those that it did not get: a client's, or a worker's, whose number the
     * next one has then.
     */
    private static final int DESCRIPTORS = 16;

    private Processes() {}

    /**
     * Starts a process. One at a time, so that each finds the descriptors that were there.
     *
     * @throws IOException if there is no such program, or no room for one more process or its descriptors
     */
    public static synchronized Process start(ProcessBuilder builder) throws IOException {
        requireDescriptors();
        return builder.start();
    }

    private static void requireDescriptors() throws IOException {
        List<Closeable> held = new ArrayList<>();
        try {
            for (int i = 0; i < DESCRIPTORS; i++) {
                held.add(new FileInputStream(Platform.current().nullDevice()));
            }
        } catch (IOException e) {
            throw new IOException("too few descriptors are left to start a process: " + e.getMessage(), e);
        } finally {
            for (Closeable each : held) {
                each.close();
            }
        }
    }
}
