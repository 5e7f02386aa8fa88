package dev.waitress.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The operating system's side of one worker. */
interface WorkerProcess {
    long pid();

    /**
     * Whether what it has open can be opened here too, by {@code /proc}. Linux, and not if the process hides itself.
     */
    default boolean showsDescriptors() {
        return Files.isReadable(Path.of("/proc", String.valueOf(pid()), "fd"));
    }

    /** Keeps open until its end what ends it when we are no more. */
    default void hold(SocketChannel leash) throws IOException {
        leash.close();
    }

    /** Ends it, if it is ours to end. */
    void kill();
}
