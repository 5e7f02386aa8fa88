package dev.waitress.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** The operating system's side of one worker. */
interface WorkerProcess {
    long pid();

    /** Whether a process is this one, or one that it has started in its place, as wrappers of Python do. */
    default boolean includes(long pid) {
        Optional<ProcessHandle> each = ProcessHandle.of(pid);
        while (each.isPresent() && each.get().pid() != pid()) {
            each = each.get().parent();
        }
        return each.isPresent();
    }

    /** Keeps open until its end what ends it when we are no more. */
    default void hold(SocketChannel leash) throws IOException {
        leash.close();
    }

    /** Ends it, if it is ours to end. */
    void kill();
}
