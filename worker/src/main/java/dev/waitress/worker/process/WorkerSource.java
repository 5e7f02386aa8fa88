package dev.waitress.worker.process;

import dev.waitress.exchange.Outcome;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.wire.FrameLink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the workers come from, and what happens when one ends. Event loop only. */
public interface WorkerSource {
    /**
     * Begins, now that there is a door for workers to come in by.
     *
     * @param opened completed when requests can be taken in, with null, or never can, with the reason
     */
    void begin(CompletableFuture<@Nullable LoadFailure> opened) throws IOException;

    /** The worker that a first connection makes; null if it is not welcome, as where we start all of them. */
    default @Nullable Worker stranger(WorkerDoor.Introduction introduction) throws IOException {
        return null;
    }

    /** Takes over a connection that is of no worker; false if it is not welcome. */
    default boolean welcome(WorkerDoor.Introduction introduction, FrameLink link) throws IOException {
        return false;
    }

    /** One has loaded the application, and serves when it is told to. */
    void ready(Worker worker);

    /** One cannot load the application. */
    void failed(Worker worker, LoadFailure failure);

    /** One has taken too long to load the application. */
    void late(Worker worker);

    /** One that serves has not answered for so long; told again and again as long as it is so. */
    void hung(Worker worker, Duration since);

    /** One has read files, all of them after this time, to load the application or while it runs. */
    void imported(Instant since, List<Path> files);

    /** One has served long enough. */
    void renew(Worker worker, Worn why);

    /**
     * The application is to be loaded again, in new workers.
     *
     * @param told when these serve, or cannot load it
     */
    void reload(String reason, Consumer<Outcome> told);

    /** One more worker is to serve. */
    Outcome addWorker();

    /** One worker less is to serve, but not none. */
    Outcome removeWorker();

    /** One is no more, and out of its pool. */
    void died(Worker worker);

    /** Ends, on whatever thread, every process that it has started: the one that would do it in good order ends. */
    void abandon();

    /** No other worker comes; returns the processes whose end is to be seen to. */
    List<StartedProcess> close();
}
