package dev.waitress.buffer;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only this user may enter (0700), for spooled bodies and the sockets of workers. It is made when it
 * is first needed, again when somebody has removed it, and goes, with all it holds, at {@link #close}. Those of servers
 * that were killed are removed when it is made. Thread-safe.
 */
public final class PrivateDirectory implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String VARIABLE = "TMPDIR";
    private static final String PREFIX = "waitress-";

    /** Where Linux has files that are in memory only. */
    public static final Path MEMORY_FILES = Path.of("/dev/shm");

    private static final String ADVICE = "set TMPDIR to a directory that can be written";

    private final List<Path> parents;
    private @Nullable Home home;
    private boolean closed;
    private long files;

    /** A directory where the system has its temporary files; in memory if there are none, and nobody named a place. */
    public PrivateDirectory() {
        this(places(Path.of(System.getProperty("java.io.tmpdir")), System.getenv(VARIABLE)));
    }

    public PrivateDirectory(Path parent) {
        this(List.of(parent));
    }

    /** A directory in the first of these places where one can be made. */
    PrivateDirectory(List<Path> parents) {
        this.parents = parents;
    }

    private static List<Path> places(Path usual, @Nullable String named) {
        boolean isNamed = named != null && new File(named).isDirectory();
        return isNamed ? List.of(usual) : List.of(usual, MEMORY_FILES);
    }

    /** A place that is not there is passed over by those who start us. */
    private static void sayWhere(Path used, @Nullable IOException failure) {
        String named = System.getenv(VARIABLE);
        if (failure != null) {
            LOG.log(Level.WARNING, failure.getMessage() + ": they lie in " + used + "; " + ADVICE);
        } else if (named != null && !named.isEmpty() && !new File(named).isDirectory()) {
            LOG.log(
                    Level.WARNING,
                    VARIABLE + " is " + named + ", which is no directory: temporary files lie in " + used);
        }
    }

    /**
     * Where it is. It is made again, at the same place if possible, if somebody has removed it.
     *
     * @throws IOException if it cannot be made
     */
    public synchronized Path path() throws IOException {
        Home current = home;
        if (current == null) {
            current = make();
        } else if (!current.isThere()) {
            LOG.log(Level.WARNING, "somebody has removed " + current.path() + ", where the server has its files");
            current.lock().close();
            current = remake(current.path());
        }
        home = current;
        return current.path();
    }

    private Home make() throws IOException {
        if (closed) {
            throw new IOException("the server has ended");
        }
        IOException failure = null;
        for (Path parent : parents) {
            try {
                Home made = Home.make(parent, PREFIX);
                sayWhere(parent, failure);
                Abandoned.removeFrom(parent, PREFIX, made.attributes());
                return made;
            } catch (IOException e) {
                IOException told = new IOException("cannot make temporary files in " + parent + ": " + reason(e), e);
                failure = failure == null ? told : failure;
            }
        }
        throw new IOException(failure == null ? ADVICE : failure.getMessage() + "; " + ADVICE, failure);
    }

    /** Those who know its path need not learn another one. */
    private Home remake(Path path) throws IOException {
        try {
            return Home.make(path);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot make a directory again", e);
            return make();
        }
    }

    /** What the system says, without the path that was tried. */
    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        if (reason != null) {
            return reason;
        } else if (e instanceof AccessDeniedException) {
            return "Permission denied";
        } else if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return "no such directory";
        }
        return e.toString();
    }

    /** A name in it that no other call returns. */
    synchronized Path newName() throws IOException {
        return path().resolve("spool-" + files++);
    }

    @Override
    public synchronized void close() {
        closed = true;
        Home last = home;
        home = null;
        if (last == null) {
            return;
        }
        try {
            last.remove();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove " + last.path(), e);
        }
    }
}
