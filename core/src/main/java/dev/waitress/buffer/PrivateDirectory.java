package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only this user may enter (0700), for spooled bodies and the sockets of workers. It is made when it
 * is first needed and removed, with all it holds, at {@link #close}. Those of servers that were killed are removed then
 * too: each holds a file that is locked while its server lives. Thread-safe.
 */
public final class PrivateDirectory implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String PREFIX = "waitress-";
    private static final String LOCK = "lock";

    private final Path parent;
    private @Nullable Path path;
    private @Nullable FileChannel lock;
    private long files;

    /** A directory where the system has its temporary files. */
    public PrivateDirectory() {
        this(Path.of(System.getProperty("java.io.tmpdir")));
    }

    public PrivateDirectory(Path parent) {
        this.parent = parent;
    }

    /**
     * Where it is.
     *
     * @throws IOException if it cannot be made
     */
    public synchronized Path path() throws IOException {
        if (path == null) {
            removeAbandoned(parent);
            // createTempDirectory makes it 0700 where the file system knows modes.
            path = Files.createTempDirectory(parent, PREFIX);
            lock = lockIn(path);
        }
        return path;
    }

    /** Makes the lock under another name first: nobody must see it before it is locked. */
    private static FileChannel lockIn(Path directory) throws IOException {
        Path unseen = directory.resolve(LOCK + "-new");
        FileChannel channel = FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel.lock();
        Files.move(unseen, directory.resolve(LOCK));
        return channel;
    }

    private static void removeAbandoned(Path parent) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : found) {
                removeIfAbandoned(directory);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot look for what other servers left", e);
        }
    }

    private static void removeIfAbandoned(Path directory) {
        Path lock = directory.resolve(LOCK);
        if (!Files.isWritable(lock)) {
            return; // another user's, not a server's, or being made
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                removeTree(directory);
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(Level.TRACE, "a server of this process lives there", e);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot remove what another server left", e);
        }
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
            if (lock != null) {
                lock.close();
            }
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
