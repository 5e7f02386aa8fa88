package dev.waitress.worker.pool;

import dev.waitress.platform.Platform;
import dev.waitress.platform.Shortcuts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * What a worker may have us open, although it may have fewer rights than we have: where the system shows what a process
 * has open, that and nothing else; elsewhere files by their paths. Regular files only: opening another one could wait
 * for ever. Event loop only.
 */
final class WorkerFiles {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    /** Of a worker that has not said who it is. */
    static final WorkerFiles NONE = new WorkerFiles(Path.of("/nonexistent"), true);

    private static final WorkerFiles BY_PATH = new WorkerFiles(Path.of("/nonexistent"), false);

    private final Path descriptors;
    private final boolean byDescriptor;

    private WorkerFiles(Path descriptors, boolean byDescriptor) {
        this.descriptors = descriptors;
        this.byDescriptor = byDescriptor;
    }

    /**
     * Of a worker that runs in a process. Without descriptors it cannot share memory that it has made, either.
     *
     * @param pid of that process, as the worker says before it has loaded the application
     */
    static WorkerFiles of(WorkerProcess process, long pid) {
        try {
            Path descriptors = Platform.current().requireProc().resolve(pid + "/fd");
            boolean canOpen = process.includes(pid) && Files.isReadable(descriptors);
            return new WorkerFiles(descriptors, canOpen && Shortcuts.current().shareMemory());
        } catch (NoSuchFileException e) {
            return BY_PATH;
        }
    }

    /** Whether the worker is to name its descriptors, not paths. */
    boolean byDescriptor() {
        return byDescriptor;
    }

    /**
     * Returns what the worker has named, if it may.
     *
     * @throws IllegalArgumentException if that is not its own
     * @throws IOException if it is no regular file
     */
    Path require(String name) throws IOException {
        Path path = Path.of(name);
        if (byDescriptor && !isDescriptor(path)) {
            throw new IllegalArgumentException("a file that it has not open");
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
            throw new IOException(path + ": not a regular file");
        }
        return path;
    }

    private boolean isDescriptor(Path path) {
        return descriptors.equals(path.getParent())
                && NUMBER.matcher(path.getFileName().toString()).matches();
    }
}
