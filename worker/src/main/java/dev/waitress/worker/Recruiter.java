package dev.waitress.worker;

import java.io.IOException;
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
    Worker stranger(Rendezvous.Introduction introduction) throws IOException;

    void ready();

    /** The application cannot be loaded. */
    void failed(Worker worker, WorkerFailedException failure);

    /** One is no more, and out of the gateway's list. */
    void gone();
}
