package dev.waitress.worker;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Setting;
import dev.waitress.worker.memory.BodySlots;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.WaitingRequest;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.process.AttachedWorkers;
import dev.waitress.worker.process.LaunchedProcess;
import dev.waitress.worker.process.ProcessLauncher;
import dev.waitress.worker.process.Supervisor;
import dev.waitress.worker.process.WorkerDoor;
import dev.waitress.worker.process.WorkerHome;
import dev.waitress.worker.process.WorkerSource;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests through worker processes: a pool gives each to a worker, a source brings the workers, and what they
 * report is passed on from one to the other. Event loop only, except what makes it, {@link #log} and {@link #close}.
 */
public final class WorkerGateway implements Gateway {
    private static final Logger LOG = System.getLogger("waitress");

    /** A worker is told of what has left for the client as often as this fits into the high watermark. */
    private static final int CREDITS = 4;

    private final WorkerConfig config;
    private final EventLoop loop;

    /** Where request bodies lie that are worth it; null where the system has no such memory. */
    private final @Nullable BodySlots bodies = BodySlots.create();

    private final RequestEncoder encoder;
    private final WorkerHome home;
    private final WorkerPool pool;
    private final WorkerSource source;

    private volatile Runnable end = () -> {};

    /** The loop may have ended: nothing must be left to it any more. */
    private volatile boolean isClosed;

    /** From which level of Python's on the workers want our log records. */
    private volatile int logLevel = Integer.MAX_VALUE;

    private WorkerGateway(
            WorkerConfig config,
            EventLoop loop,
            PrivateDirectory directory,
            Function<WorkerGateway, WorkerSource> source) {
        this.config = config;
        this.loop = loop;
        this.encoder = new RequestEncoder(config.settings());
        this.home = new WorkerHome(directory, bodies, config.threads());
        this.pool = new WorkerPool(terms(config), config.workers(), encoder, loop, new Reports());
        this.source = source.apply(this);
    }

    private WorkerTerms terms(WorkerConfig of) {
        return new WorkerTerms(
                of.threads(),
                startupNanos(of),
                TimeUnit.SECONDS.toNanos(of.settings().get(Setting.SHUTDOWN_TIMEOUT)),
                Math.max(1, of.settings().get(Setting.OUTBUF_HIGH_WATERMARK) / CREDITS),
                this::firstMessage,
                new UnknownStatuses());
    }

    private MarshalWriter firstMessage(Path board, boolean byDescriptor) {
        return WorkerSettings.write(config, board, bodies != null && bodies.isThere() ? bodies : null, byDescriptor);
    }

    private static long startupNanos(WorkerConfig config) {
        return TimeUnit.SECONDS.toNanos(config.settings().get(Setting.STARTUP_TIMEOUT));
    }

    /**
     * Starts the workers and waits until all have loaded the application.
     *
     * @throws WorkerFailedException if one cannot
     */
    public static WorkerGateway start(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        return new WorkerGateway(config, loop, directory, WorkerGateway::supervisor).opened();
    }

    /** Waits for workers that others start, and that connect to {@link #address}; requests wait for them too. */
    public static WorkerGateway attach(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        return new WorkerGateway(
                        config, loop, directory, gateway -> new AttachedWorkers(gateway.home, gateway.pool, loop))
                .opened();
    }

    private WorkerSource supervisor() {
        ProcessLauncher launcher =
                new ProcessLauncher(config.python(), config.application().title(), home, pool, loop.leftovers());
        return config.isReloading()
                ? Supervisor.reloading(
                        config.workers(), launcher, pool.intake(), loop, startupNanos(config), config.watched())
                : Supervisor.of(config.workers(), launcher, pool.intake(), loop, startupNanos(config));
    }

    // ---- Beginning -------------------------------------------------------------------------------------------------

    private WorkerGateway opened() throws IOException, InterruptedException {
        CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
        loop.leftovers().add(this::abandon);
        loop.execute(() -> open(opened));
        try {
            LoadFailure failure = opened.get();
            if (failure == null) {
                return this;
            }
            close(Worker.QUIT_LIMIT);
            throw new WorkerFailedException(failure.message(), failure.traceback(), failure.exitStatus());
        } catch (ExecutionException e) {
            close(Worker.QUIT_LIMIT);
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            close(Worker.QUIT_LIMIT);
            throw e;
        }
    }

    private void open(CompletableFuture<@Nullable LoadFailure> opened) {
        try {
            home.open(loop, this::arrived);
            loop.join(pool);
            source.begin(opened);
        } catch (IOException e) {
            opened.completeExceptionally(e);
        }
    }

    private void arrived(WorkerDoor.Introduction introduction, FrameLink link) {
        try {
            Worker worker = pool.find(introduction.number());
            if (worker == null) {
                worker = source.stranger(introduction);
            }
            if (worker != null) {
                LOG.log(Level.DEBUG, () -> "worker " + introduction.pid() + " runs Python " + introduction.python());
                if (introduction.isPython2()) {
                    encoder.writeTextAsBytes();
                }
                worker.attach(introduction.purpose(), introduction.pid(), link);
                return;
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot take on a worker", e);
        }
        link.close();
    }

    // ---- What the caller must know
    // -----------------------------------------------------------------------------------

    /** Where workers connect, in the form of their command line. */
    String address() {
        return home.address();
    }

    /** What workers must know. */
    String secret() {
        return home.secret();
    }

    Path directory() throws IOException {
        return home.directory();
    }

    WorkerConfig config() {
        return config;
    }

    // ---- What workers report ---------------------------------------------------------------------------------------

    /** Passes on to the pool what concerns requests, and to the source what concerns the life of workers. */
    private final class Reports implements Worker.Listener {
        @Override
        public void ready(Worker worker) {
            source.ready(worker);
        }

        @Override
        public void failed(Worker worker, LoadFailure failure) {
            source.failed(worker, failure);
        }

        @Override
        public void late(Worker worker) {
            source.late(worker);
        }

        @Override
        public void imported(Instant since, List<Path> files) {
            source.imported(since, files);
        }

        @Override
        public void ownsLogging(int level) {
            logLevel = level;
        }

        @Override
        public void stopAsked() {
            end.run();
        }

        @Override
        public void overloaded(Worker worker) {
            pool.overloaded(worker);
        }

        @Override
        public void gaveBack(List<WaitingRequest> unbegun) {
            pool.requeue(unbegun);
        }

        @Override
        public void died(Worker worker, int lost, List<WaitingRequest> unbegun) {
            pool.remove(worker);
            if (lost > 0) {
                LOG.log(
                        Level.ERROR,
                        "worker " + worker.pid() + " was lost while it ran " + lost
                                + (lost == 1 ? " request" : " requests")
                                + ", answered with 502: what was done there may have taken effect");
            }
            pool.requeue(unbegun);
            source.died(worker);
        }
    }

    @Override
    public void whenAskedToEnd(Runnable action) {
        end = action;
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
            if (!pool.log(line::write)) {
                otherwise.run();
            }
        });
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    @Override
    public void submit(Request request, Response response) {
        pool.submit(request, response);
    }

    @Override
    public SharedMemory bodyMemory() {
        return bodies == null ? SharedMemory.NONE : bodies;
    }

    // ---- End -------------------------------------------------------------------------------------------------------

    @Override
    public void close(Duration within) {
        CompletableFuture<List<LaunchedProcess>> ending = new CompletableFuture<>();
        loop.execute(() -> ending.complete(quit()));
        try {
            Duration limit = within.compareTo(Worker.QUIT_LIMIT) < 0 ? within : Worker.QUIT_LIMIT;
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

    private List<LaunchedProcess> quit() {
        List<LaunchedProcess> processes = source.close();
        pool.quit();
        home.close();
        return processes;
    }

    /** The process ends under it: its workers and its memory must not stay. */
    private void abandon() {
        source.abandon();
        try {
            if (bodies != null) {
                bodies.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "memory for request bodies stays", e);
        }
    }
}
