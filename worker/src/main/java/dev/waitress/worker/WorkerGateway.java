package dev.waitress.worker;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.loop.EventLoop;
import dev.waitress.loop.Leftovers;
import dev.waitress.loop.TurnTaker;
import dev.waitress.settings.Setting;
import dev.waitress.worker.memory.BodySlots;
import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * AnswerReader requests through worker processes: welcomes workers as they come, and hears what they report. Event loop
 * only, except what makes it and {@link #close}.
 */
public final class WorkerGateway implements Gateway, TurnTaker {
    private static final Logger LOG = System.getLogger("waitress");

    /** A worker that ends may take this long over it before it is killed. */
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(5);

    /** System property; {@code tcp} makes workers connect over loopback TCP, as they do on Windows. */
    private static final String TRANSPORT = "waitress.worker.transport";

    private final WorkerConfig config;
    private final EventLoop loop;
    private final PrivateDirectory directory;
    private final Recruiter recruiter;
    private final List<Worker> workers = new ArrayList<>();
    private final Dispatcher dispatcher;
    private final UnknownStatuses unknownStatuses = new UnknownStatuses();
    private final Deque<Batch> freeBatches = new ArrayDeque<>();
    private final long creditStep;

    /** Where request bodies lie that are worth it; null where the system has no such memory. */
    private final @Nullable BodySlots bodies = BodySlots.create();

    private @Nullable WorkerDoor door;
    private boolean closing;

    private volatile Runnable end = () -> {};

    /** The loop may have ended: nothing must be left to it any more. */
    private volatile boolean isClosed;

    /** From which level of Python's on the workers want our log records. */
    private volatile int logLevel = Integer.MAX_VALUE;

    private WorkerGateway(
            WorkerConfig config,
            EventLoop loop,
            PrivateDirectory directory,
            Function<WorkerGateway, Recruiter> recruiter) {
        this.config = config;
        this.loop = loop;
        this.directory = directory;
        this.recruiter = recruiter.apply(this);
        this.dispatcher = new Dispatcher(config, workers);
        this.creditStep = Math.max(1, config.settings().get(Setting.OUTBUF_HIGH_WATERMARK) / 4);
    }

    /**
     * Starts the workers and waits until all have loaded the application.
     *
     * @throws WorkerFailedException if one cannot
     */
    public static WorkerGateway start(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        return new WorkerGateway(config, loop, directory, Supervisor::new).opened();
    }

    /** Waits for workers that others start, and that connect to {@link #address}; requests wait for them too. */
    public static WorkerGateway attach(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        return new WorkerGateway(config, loop, directory, AttachedWorkers::new).opened();
    }

    private WorkerGateway opened() throws IOException, InterruptedException {
        CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
        loop.leftovers().add(this::abandon);
        loop.execute(() -> open(opened));
        try {
            opened.get();
            return this;
        } catch (ExecutionException e) {
            close(QUIT_LIMIT);
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            close(QUIT_LIMIT);
            throw e;
        }
    }

    private void open(CompletableFuture<@Nullable Void> opened) {
        try {
            door = new WorkerDoor(loop, directory.path(), hasUnixSockets(), WorkerDoor.GREETING_NANOS, this::arrived);
            loop.join(this);
            recruiter.begin(opened);
        } catch (IOException e) {
            opened.completeExceptionally(e);
        }
    }

    /** Whether Python has them; the property lets the other way be tried where it has. */
    private static boolean hasUnixSockets() {
        return !LaunchedProcess.isWindows()
                && !System.getProperty(TRANSPORT, "").equals("tcp");
    }

    private void arrived(WorkerDoor.Introduction introduction, FrameSocket socket) {
        try {
            Worker worker = find(introduction.number());
            if (worker == null) {
                worker = recruiter.stranger(introduction);
            }
            if (worker != null) {
                LOG.log(Level.DEBUG, () -> "worker " + introduction.pid() + " runs Python " + introduction.python());
                if (introduction.isPython2()) {
                    dispatcher.writeTextAsBytes();
                }
                worker.attach(introduction, socket);
                return;
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot take on a worker", e);
        }
        socket.close();
    }

    private @Nullable Worker find(int number) {
        for (Worker worker : workers) {
            if (worker.number == number) {
                return worker;
            }
        }
        return null;
    }

    // ---- For those who bring the workers --------------------------------------------------------------------------

    /** Where workers connect, in the form of their command line. */
    String address() {
        return requireOpen().address();
    }

    /** What workers must know. */
    String secret() {
        return requireOpen().secret();
    }

    private WorkerDoor requireOpen() {
        if (door == null) {
            throw new IllegalStateException("workers have nowhere to connect to");
        }
        return door;
    }

    Path directory() throws IOException {
        return directory.path();
    }

    /**
     * Where the workers find us, and whatever of us lies in files. It is seen to first that all is there: somebody may
     * have removed it since, for example a cleaner of old files.
     */
    Path requireDirectory() throws IOException {
        Path path = directory.path();
        requireOpen().reopen(path);
        return path;
    }

    /** In memory if possible: a disk that is full must not keep a worker from being replaced. */
    BegunBoard board(int number) throws IOException {
        String name = "begun-" + number;
        if (bodies != null) {
            try {
                return new BegunBoard(bodies.path().resolveSibling(name), config.threads());
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a worker's board goes to the disk", e);
            }
        }
        return new BegunBoard(directory.path().resolve(name), config.threads());
    }

    Worker add(int number, WorkerProcess process, BegunBoard board) {
        Worker worker = new Worker(this, number, process, board);
        workers.add(worker);
        return worker;
    }

    Recruiter recruiter() {
        return recruiter;
    }

    /** Makes something that must not outlive the process. */
    <T> T during(Leftovers.Making<T> making) throws IOException {
        return loop.leftovers().during(making);
    }

    boolean isClosing() {
        return closing;
    }

    void execute(Runnable action) {
        loop.execute(action);
    }

    void schedule(long delayNanos, Runnable action) {
        loop.schedule(delayNanos, action);
    }

    // ---- What workers report ---------------------------------------------------------------------------------------

    @Override
    public void whenAskedToEnd(Runnable action) {
        end = action;
    }

    /** The application of one wants the server to end. */
    void asksForTheEnd() {
        end.run();
    }

    /** It has set up a logging that is meant for our records too. */
    void ownsLogging(int level) {
        logLevel = level;
    }

    /** From which level of Python's on {@link #log} is of use. Thread-safe. */
    public int logLevel() {
        return logLevel;
    }

    /**
     * Hands a log record to the logging of a worker. Thread-safe.
     *
     * @param otherwise what to do, on any thread, when no worker can take it
     */
    public void log(LogLine line, Runnable otherwise) {
        if (isClosed) {
            otherwise.run();
            return;
        }
        loop.execute(() -> {
            if (workers.stream().noneMatch(worker -> worker.log(line))) {
                otherwise.run();
            }
        });
    }

    /** A worker is no more. */
    void gone(Worker worker, int lost, List<WaitingRequest> unbegun) {
        workers.remove(worker);
        if (lost > 0) {
            LOG.log(
                    Level.ERROR,
                    "worker " + worker.process.pid() + " was lost while it ran " + lost
                            + (lost == 1 ? " request" : " requests")
                            + ", answered with 502: what was done there may have taken effect");
        }
        dispatcher.requeue(unbegun);
        recruiter.gone(worker);
    }

    /** A worker that has closed its sockets is about to end by itself, unless it hangs over it. */
    void endSoon(WorkerProcess process) {
        loop.schedule(QUIT_LIMIT.toNanos(), process::kill);
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    @Override
    public void submit(Request request, Response response) {
        dispatcher.submit(request, response, nowNanos());
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    public void act(long nowNanos) {
        flush();
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).receive();
        }
    }

    @Override
    public long settle(long nowNanos) {
        dispatcher.dispatchWaiting();
        flush();
        long next = NO_DEADLINE;
        for (int i = 0; i < workers.size(); i++) {
            next = Math.min(next, workers.get(i).watch(nowNanos));
        }
        return next;
    }

    private void flush() {
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).flush();
        }
    }

    @Override
    public SharedMemory bodyMemory() {
        return bodies == null ? SharedMemory.NONE : bodies;
    }

    // ---- What workers share ----------------------------------------------------------------------------------------

    WorkerConfig config() {
        return config;
    }

    long nowNanos() {
        return loop.nowNanos();
    }

    /** How long a worker may take to be ready. */
    long startupNanos() {
        return TimeUnit.SECONDS.toNanos(config.settings().get(Setting.STARTUP_TIMEOUT));
    }

    /** How long requests of a worker that is replaced may take to end. */
    long drainNanos() {
        return TimeUnit.SECONDS.toNanos(config.settings().get(Setting.SHUTDOWN_TIMEOUT));
    }

    UnknownStatuses unknownStatuses() {
        return unknownStatuses;
    }

    long creditStep() {
        return creditStep;
    }

    Batch takeBatch() {
        Batch free = freeBatches.pollLast();
        return free == null ? new Batch() : free;
    }

    /** A request needs its batch no longer. */
    void release(HeldRequest exchange) {
        if (exchange.batch().released()) {
            freeBatches.addLast(exchange.batch());
        }
    }

    /** What a worker has to know before it can load the application. */
    MarshalWriter workerSettings(Worker worker, Path board) {
        return WorkerSettings.write(
                config,
                board,
                bodies != null && bodies.isThere() ? bodies : null,
                worker.files().byDescriptor());
    }

    // ---- End -------------------------------------------------------------------------------------------------------

    @Override
    public void close(Duration within) {
        CompletableFuture<List<LaunchedProcess>> ending = new CompletableFuture<>();
        loop.execute(() -> ending.complete(quitAll()));
        try {
            Duration limit = within.compareTo(QUIT_LIMIT) < 0 ? within : QUIT_LIMIT;
            long deadline = System.nanoTime() + limit.toNanos();
            for (LaunchedProcess process : ending.join()) {
                process.endWithin(Math.max(0, deadline - System.nanoTime()));
            }
            isClosed = true;
            if (bodies != null) {
                bodies.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove the memory for request bodies", e);
        }
    }

    /** The process ends under it: its workers and its memory must not stay. */
    private void abandon() {
        recruiter.abandon();
        try {
            if (bodies != null) {
                bodies.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "memory for request bodies stays", e);
        }
    }

    private List<LaunchedProcess> quitAll() {
        closing = true;
        List.copyOf(workers).forEach(Worker::quit);
        if (door != null) {
            door.close();
        }
        return recruiter.close();
    }
}
