package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only this user may enter (0700), for spooled bodies and the sockets of workers. It is made when it
 * is first needed and removed, with all it holds, at {@link #close}. Thread-safe.
 */
public final class PrivateDirectory implements Closeable {
    private @Nullable Path path;
    private long files;

    /**
     * Where it is.
     *
     * @throws IOException if it cannot be made
     */
    public synchronized Path path() throws IOException {
        if (path == null) {
            // createTempDirectory makes it 0700 where the file system knows modes.
            path = Files.createTempDirectory("waitress-");
        }
        return path;
    }

    /** A name in it that no other call returns. */
    synchronized Path newName() throws IOException {
        return path().resolve("spool-" + files++);
    }

    @Override
    public synchronized void close() {
        if (path == null) {
            return;
        }
        try {
            removeTree(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path = null;
    }

    private static void removeTree(Path root) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    removeTree(entry);
                } else {
                    Files.deleteIfExists(entry);
                }
            }
        }
        Files.deleteIfExists(root);
    }
}
