package dev.waitress.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The Python side of the protocol, which travels inside the jar. */
final class PythonPackage {
    static final String NAME = "waitress_worker";

    /** What Python runs when it is given the package's folder. */
    static final String PROGRAM = "__main__.py";

    /** {@code python/src/waitress_worker}; a test holds this list against the folder. */
    static final List<String> FILES = List.of(
            "__init__.py",
            PROGRAM,
            "application.py",
            "arena.py",
            "arrivals.py",
            "blocks.py",
            "board.py",
            "channel.py",
            "children.py",
            "compat.py",
            "compat2.py",
            "control.py",
            "counted.py",
            "crew.py",
            "daemons.py",
            "environ.py",
            "files.py",
            "forks.py",
            "headers.py",
            "heads.py",
            "hints.py",
            "hooks.py",
            "imports.py",
            "ini.py",
            "input.py",
            "leash.py",
            "limit.py",
            "loading.py",
            "log.py",
            "logging_file.py",
            "members.py",
            "metrics.py",
            "notify.py",
            "outbox.py",
            "outset.py",
            "prometheus.py",
            "protocol.py",
            "python2.py",
            "records.py",
            "response.py",
            "ring.py",
            "series.py",
            "signals.py",
            "stacks.py",
            "streams.py",
            "threads.py",
            "title.py",
            "tracebacks.py",
            "turns.py",
            "warmup.py",
            "whereabouts.py",
            "zygote.py");

    private PythonPackage() {}

    /**
     * Sees to the package below a directory, which then belongs on the worker's module path. Files that are there are
     * left alone: a worker may be reading them.
     */
    static void unpack(Path directory) throws IOException {
        try {
            Path target = Files.createDirectories(directory.resolve(NAME));
            for (String file : FILES) {
                if (!Files.exists(target.resolve(file))) {
                    unpack(file, target);
                }
            }
        } catch (IOException e) {
            throw Unwritable.in(directory, e);
        }
    }

    private static void unpack(String file, Path target) throws IOException {
        try (InputStream source = PythonPackage.class.getResourceAsStream("/python/" + NAME + "/" + file)) {
            if (source == null) {
                throw new IOException("the jar lacks python/" + NAME + "/" + file);
            }
            // No worker must find a part of it, not even after the disk was full.
            Path unfinished = target.resolve(file + ".new");
            Files.copy(source, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, target.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
