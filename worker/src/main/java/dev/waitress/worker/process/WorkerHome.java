package dev.waitress.worker.process;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.loop.EventLoop;
import dev.waitress.platform.Platform;
import dev.waitress.worker.memory.BodySlots;
import dev.waitress.worker.pool.WorkerBoard;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where workers find the front: a directory, and in it their door, their boards and their Python. Event loop only. */
public final class WorkerHome implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** System property; {@code tcp} makes workers connect over loopback TCP, as they do on Windows. */
    private static final String TRANSPORT = "waitress.worker.transport";

    private final PrivateDirectory directory;
    /** Where request bodies lie that are worth it; null where the system has no such memory. */
    private final @Nullable BodySlots bodies = BodySlots.create();

    /** What workers run, if it need not lie in the directory. Found once: the jar may be exchanged while we run. */
    private final @Nullable KeptPackage kept = KeptPackage.find();

    private final int threads;
    private @Nullable WorkerDoor door;

    /**
     * A home without a door yet.
     *
     * @param threads of each worker
     */
    public WorkerHome(PrivateDirectory directory, int threads) {
        this.directory = directory;
        this.threads = threads;
    }

    /** From now on workers can connect. */
    public void open(EventLoop loop, WorkerDoor.Arrival arrival) throws IOException {
        door = new WorkerDoor(loop, directory.path(), hasUnixSockets(), WorkerDoor.GREETING_NANOS, arrival);
    }

    /** Whether Python has them; the property lets the other way be tried where it has. */
    private static boolean hasUnixSockets() {
        return Platform.current().hasUnixSocketsInPython()
                && !System.getProperty(TRANSPORT, "").equals("tcp");
    }

    /** Where workers connect, in the form of their command line. */
    public String address() {
        return requireOpen().address();
    }

    /** What workers must know. */
    public String secret() {
        return requireOpen().secret();
    }

    private WorkerDoor requireOpen() {
        if (door == null) {
            throw new IllegalStateException("workers have nowhere to connect to");
        }
        return door;
    }

    public Path directory() throws IOException {
        return directory.path();
    }

    /** The directory, once all is in it that belongs there: a cleaner of old files may have removed it. */
    Path requireDirectory() throws IOException {
        Path path = directory.path();
        requireOpen().reopen(path);
        return path;
    }

    /** The directory that holds the workers' Python, with all that workers look for. */
    Path requirePackage() throws IOException {
        Path own = requireDirectory();
        if (kept != null && kept.isThere()) {
            return kept.path();
        }
        PythonPackage.unpack(own);
        return own;
    }

    /** In memory if possible: a disk that is full must not keep a worker from being replaced. */
    WorkerBoard board(int number) throws IOException {
        String name = "begun-" + number;
        if (bodies != null) {
            try {
                return new WorkerBoard(bodies.path().resolveSibling(name), threads);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a worker's board goes to the disk", e);
            }
        }
        try {
            return new WorkerBoard(directory.path().resolve(name), threads);
        } catch (IOException e) {
            throw Unwritable.in(directory.path(), e);
        }
    }

    /** Memory in which request bodies are handed over best. */
    public SharedMemory bodyMemory() {
        return bodies == null ? SharedMemory.NONE : bodies;
    }

    /** The same, for a worker that starts now; null if it would not find any. */
    public @Nullable BodySlots bodies() {
        return bodies != null && bodies.isThere() ? bodies : null;
    }

    /** Removes the memory for request bodies. Thread-safe. */
    public void removeBodies() {
        try {
            if (bodies != null) {
                bodies.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove the memory for request bodies", e);
        }
    }

    /** Nobody connects any more. */
    @Override
    public void close() {
        if (door != null) {
            door.close();
        }
    }
}
