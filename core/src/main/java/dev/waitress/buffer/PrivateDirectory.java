package dev.waitress.buffer;

import dev.waitress.platform.Platform;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
    private static final String SPOOLED = "spool-";

    private static final int MOST_TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** What to do where no file of the server's own can be written. */
    public static final String ADVICE = "set TMPDIR to a directory that can be written";

    /** Stands in the names that Java has of files for bytes that are no text to it. */
    private static final char NO_TEXT = '\uFFFD';

    private final List<Path> parents;

    private final FileBudget files;

    /** The user's word on where to be; null for a directory about which users are not asked. */
    private final @Nullable String named;

    private @Nullable Home home;
    private boolean closed;
    private long names;

    /** A directory where the system has its temporary files; in memory if there are none, and nobody named a place. */
    public PrivateDirectory() {
        this(FileBudget.endless());
    }

    /** The same, with so many files of clients at most. */
    public PrivateDirectory(FileBudget files) {
        this(Path.of(System.getProperty("java.io.tmpdir")), System.getenv(VARIABLE), files);
    }

    private PrivateDirectory(Path usual, @Nullable String named, FileBudget files) {
        this(places(usual, named), named, files);
    }

    public PrivateDirectory(Path parent) {
        this(List.of(parent));
    }

    /** A directory in the first of these places where one can be made. */
    PrivateDirectory(List<Path> parents) {
        this(parents, null, FileBudget.endless());
    }

    private PrivateDirectory(List<Path> parents, @Nullable String named, FileBudget files) {
        this.parents = parents;
        this.named = named;
        this.files = files;
    }

    private static List<Path> places(Path usual, @Nullable String named) {
        boolean isNamed = named != null && new File(named).isDirectory();
        Path memory = Platform.current().memoryFiles();
        return isNamed || memory == null ? List.of(usual) : List.of(usual, memory);
    }

    /** A place that is not there is passed over by those who start us. */
    private void sayWhere(Path used, @Nullable IOException failure) {
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
                IOException told =
                        new IOException("cannot make temporary files in " + parent + ": " + reason(parent, e), e);
                failure = failure == null ? told : failure;
            }
        }
        throw new IOException(failure == null ? ADVICE : failure.getMessage() + "; " + ADVICE, failure);
    }

    private static String reason(Path parent, IOException e) {
        boolean isText = parent.toString().indexOf(NO_TEXT) < 0;
        return isText ? FileFailure.reason(e) : "this name is no text, and means nothing to Java";
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

    /** Files of clients: how many there are, and may be. */
    public FileBudget files() {
        return files;
    }

    /** A name in it that no other call returns. */
    synchronized Path newName() throws IOException {
        return path().resolve(SPOOLED + names++);
    }

    /**
     * Where files in use cannot go, that is as it must be, for example of what a worker has mapped that is just ending.
     */
    private static void sayWhatIsLeft(Path path, IOException e) {
        Level level = Platform.current().keepsFilesInUse() ? Level.DEBUG : Level.WARNING;
        String what = e instanceof FileSystemException failure ? failure.getFile() : path.toString();
        LOG.log(
                level,
                "cannot remove " + what + ": " + FileFailure.reason(e) + "; the next server that starts here does");
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
            remove(last);
        } catch (IOException e) {
            sayWhatIsLeft(last.path(), e);
        }
    }

    /** A name whose file is deleted stays on Windows until the last process has closed it, which may be just ending. */
    private static void remove(Home last) throws IOException {
        int tries = Platform.current().keepsFilesInUse() ? MOST_TRIES : 1;
        while (true) {
            try {
                last.remove();
                return;
            } catch (IOException e) {
                tries--;
                if (tries == 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
