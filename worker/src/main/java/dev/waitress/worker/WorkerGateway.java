package dev.waitress.worker;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Readiness;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.loop.EventLoop;
import dev.waitress.meter.Meter;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Remains;
import dev.waitress.worker.pool.WaitingRequest;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerListener;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.process.AttachedWorkers;
import dev.waitress.worker.process.Changes;
import dev.waitress.worker.process.Reasons;
import dev.waitress.worker.process.StartedProcess;
import dev.waitress.worker.process.WorkerHome;
import dev.waitress.worker.process.WorkerSource;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests through worker processes: a pool gives each to a worker, a source brings the workers, and what they
 * report is passed on from one to the other. Event loop only, except what makes it, {@link #logging} and
 * {@link #close}.
 */
public final class WorkerGateway implements Gateway {
    private final WorkerConfig config;
    private final EventLoop loop;

    private final RequestEncoder encoder;
    private final WorkerHome home;
    private final WorkerPool pool;
    private final ApplicationLogging logging;
    private final WorkerSource source;

    private final Changes touches;

    private volatile Runnable end = () -> {};
    private volatile Consumer<String> reload = reason -> operations().reload(reason, Outcome::ignore);

    /** The process ends under it. */
    private volatile boolean isAbandoned;

    private WorkerGateway(
            WorkerConfig config,
            EventLoop loop,
            PrivateDirectory directory,
            Function<WorkerGateway, WorkerSource> source) {
        this.touches = config.touches(); // first: a wrong entry must leave nothing behind
        this.config = config;
        this.loop = loop;
        this.encoder = new RequestEncoder(config.settings());
        this.home = new WorkerHome(directory, config.threads() + config.streamThreads());
        this.pool = new WorkerPool(config.terms(this::firstMessage), config.workers(), encoder, loop, new Reports());
        this.logging = new ApplicationLogging(pool, loop::execute);
        this.source = source.apply(this);
    }

    private MarshalWriter firstMessage(Path board, boolean byDescriptor) {
        return WorkerSettings.write(config, board, home.bodies(), byDescriptor);
    }

    /**
     * Starts the workers and waits until all have loaded the application.
     *
     * @throws WorkerFailedException if one cannot
     */
    public static WorkerGateway start(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        // Before anything is made that a wrong entry would leave behind.
        config.requirePossible();
        Reasons reasons = config.reasons();
        return new WorkerGateway(
                        config,
                        loop,
                        directory,
                        gateway -> Supervision.of(
                                config, gateway.home, gateway.pool, loop, gateway::firstMessage, reasons))
                .opened();
    }

    /** Waits for workers that others start, and that connect to the {@link #home}; requests wait for them too. */
    public static WorkerGateway attach(WorkerConfig config, EventLoop loop, PrivateDirectory directory)
            throws IOException, InterruptedException {
        return new WorkerGateway(
                        config,
                        loop,
                        directory,
                        gateway -> new AttachedWorkers(gateway.home, gateway.pool, loop::execute))
                .opened();
    }

    // ---- Beginning -------------------------------------------------------------------------------------------------

    private WorkerGateway opened() throws IOException, InterruptedException {
        CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
        loop.leftovers().add(this::abandon);
        loop.execute(() -> open(opened));
        boolean isOpen = false;
        try {
            LoadFailure failure = opened.get();
            if (failure != null) {
                throw new WorkerFailedException(failure);
            }
            isOpen = true;
            return this;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (!isOpen) {
                close(Worker.QUIT_LIMIT);
            }
        }
    }

    private void open(CompletableFuture<@Nullable LoadFailure> opened) {
        try {
            home.open(loop, new Reception(pool, source, encoder));
            loop.join(pool);
            source.begin(opened);
            touches.tell(change -> reload.accept(change));
        } catch (IOException e) {
            opened.completeExceptionally(e);
        }
    }

    // ---- What the caller must know ---------------------------------------------------------------------------------

    /** Where workers find us. */
    WorkerHome home() {
        return home;
    }

    WorkerConfig config() {
        return config;
    }

    // ---- What workers report ---------------------------------------------------------------------------------------

    /** Passes on to the pool what concerns requests, and to the source what concerns the life of workers. */
    private final class Reports implements WorkerListener {
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
        public void hung(Worker worker, Duration since) {
            source.hung(worker, since);
        }

        @Override
        public void imported(Instant since, List<Path> files) {
            source.imported(since, files);
        }

        @Override
        public void ownsLogging(int level) {
            logging.begin(level);
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
        public void worn(Worker worker, Worn why) {
            source.renew(worker, why);
        }

        @Override
        public void gaveBack(List<WaitingRequest> unbegun) {
            pool.requeue(unbegun);
        }

        @Override
        public void died(Worker worker, Remains remains) {
            if (isAbandoned) {
                return; // the process ends, and with it everybody who would be answered
            }
            pool.remove(worker, remains);
            source.died(worker);
        }
    }

    @Override
    public void whenAskedToEnd(Runnable action) {
        end = action;
    }

    @Override
    public void whenAskedToReload(Consumer<String> action) {
        reload = action;
    }

    /** The logging of the application, if it has set up any. */
    public ApplicationLogging logging() {
        return logging;
    }

    @Override
    public Operations operations() {
        return new WorkerOperations(source, pool, loop::execute);
    }

    @Override
    public Meter meter() {
        return pool.meter();
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    @Override
    public void submit(Request request, Response response) {
        pool.submit(request, response);
    }

    @Override
    public Readiness readiness() {
        return pool.readiness();
    }

    @Override
    public SharedMemory bodyMemory() {
        return home.bodyMemory();
    }

    // ---- End -------------------------------------------------------------------------------------------------------

    @Override
    public void close(Duration within) {
        CompletableFuture<List<StartedProcess>> ending = new CompletableFuture<>();
        loop.execute(() -> ending.complete(quit()));
        try {
            Duration limit = within.compareTo(Worker.QUIT_LIMIT) < 0 ? within : Worker.QUIT_LIMIT;
            long deadline = System.nanoTime() + limit.toNanos();
            for (StartedProcess process : ending.join()) {
                process.endWithin(Math.max(0, deadline - System.nanoTime()));
            }
            logging.close();
            home.removeBodies();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<StartedProcess> quit() {
        touches.close();
        List<StartedProcess> processes = source.close();
        pool.quit();
        home.close();
        return processes;
    }

    /** The process ends under it: its workers and its memory must not stay. */
    private void abandon() {
        isAbandoned = true;
        source.abandon();
        home.removeBodies();
    }
}
