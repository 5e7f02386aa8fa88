package dev.waitress.worker.process;

import dev.waitress.exchange.Outcome;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.WorkerProcess;
import dev.waitress.worker.pool.Worn;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Workers that somebody else has started: the Python process that started this front, and what it forks. They come when
 * they are ready, and it is not for us to end or to replace them. Event loop only.
 */
public final class AttachedWorkers implements WorkerSource {
    private static final Logger LOG = System.getLogger("waitress");

    private final WorkerHome home;
    private final WorkerPool pool;
    private final Executor loop;
    private boolean closing;

    public AttachedWorkers(WorkerHome home, WorkerPool pool, Executor loop) {
        this.home = home;
        this.pool = pool;
        this.loop = loop;
    }

    /** A process that ends, or goes on with other things, once its sockets are closed. */
    private record AttachedProcess(long pid) implements WorkerProcess {
        @Override
        public void onExit(IntConsumer callback) {
            ProcessHandle.of(pid).ifPresent(known -> {
                // How it ended only its parent learns.
                var unused = known.onExit().thenRun(() -> callback.accept(0));
            });
        }

        @Override
        public void kill() {}
    }

    @Override
    public void begin(CompletableFuture<@Nullable LoadFailure> opened) {
        opened.complete(null);
    }

    @Override
    public @Nullable Worker stranger(WorkerDoor.Introduction introduction) throws IOException {
        if (closing) {
            return null;
        }
        int number = introduction.number();
        Worker worker = pool.add(number, new AttachedProcess(introduction.pid()), home.board(number));
        // Its sockets may be open in a child of the application, which lives on.
        worker.process().onExit(status -> loop.execute(() -> worker.lost(null)));
        return worker;
    }

    @Override
    public void ready(Worker worker) {
        worker.serve();
    }

    @Override
    public void failed(Worker worker, LoadFailure failure) {
        throw new IllegalArgumentException("a worker has come before its application");
    }

    @Override
    public void late(Worker worker) {
        worker.lost(new IOException("it does not begin"));
    }

    /** The program may be held up for a while, and nobody but its user knows what that means. */
    @Override
    public void hung(Worker worker, Duration since) {
        LOG.log(
                Level.ERROR,
                "worker " + worker.pid() + " has not answered for " + since.toSeconds()
                        + " seconds (worker_timeout); under serve() it is not for the server to end it");
    }

    @Override
    public void imported(Instant since, List<Path> files) {
        throw new IllegalArgumentException("nobody asked for the files of the application");
    }

    @Override
    public void renew(Worker worker, Worn why) {
        LOG.log(
                Level.WARNING,
                "worker " + worker.pid() + " cannot be replaced, serve() runs in it; waitress-serve can: it "
                        + why.words());
    }

    @Override
    public void reload(String reason, Consumer<Outcome> told) {
        told.accept(refuse("load the application again"));
    }

    @Override
    public Outcome addWorker() {
        return refuse("start a worker");
    }

    @Override
    public Outcome removeWorker() {
        return refuse("end a worker");
    }

    private static Outcome refuse(String deed) {
        String refusal = "cannot " + deed + ": serve() runs in the program that has made it; waitress-serve can";
        LOG.log(Level.WARNING, refusal);
        return Outcome.refused(refusal);
    }

    /** Another may be on its way already, and wants to find us. */
    @Override
    public void died(Worker worker) {
        try {
            home.requireDirectory();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "no other worker can find the server", e);
        }
    }

    @Override
    public void abandon() {}

    @Override
    public List<StartedProcess> close() {
        closing = true;
        return List.of();
    }
}
