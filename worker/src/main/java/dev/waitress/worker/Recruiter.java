package dev.waitress.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where the workers of a gateway come from, and what happens when one goes. Event loop only. */
interface Recruiter {
    /**
     * Begins, now that there is a place for workers to connect to.
     *
     * @param opened completed when the gateway can take requests, or never can
     */
    void begin(CompletableFuture<@Nullable Void> opened) throws IOException;

    /** The worker that a first connection makes; null if it is not welcome. */
    @Nullable
    Worker stranger(WorkerDoor.Introduction introduction) throws IOException;

    /** One has loaded the application, and serves when it is told to. */
    void ready(Worker worker);

    /** The application cannot be loaded. */
    void failed(Worker worker, WorkerFailedException failure);

    /** One has read files, all of them after this time, to load the application or while it runs. */
    void imported(Instant since, List<Path> files);

    /** One is no more, and out of the gateway's list. */
    void gone(Worker worker);

    /** Ends, on whatever thread, every process that it has started: the one that would do it in good order ends. */
    void abandon();

    /** The gateway closes, and workers were told to quit; returns the processes whose end is to be seen to. */
    List<LaunchedProcess> close();
}
