package dev.waitress.worker;

import dev.waitress.worker.pool.LoadFailure;
import java.io.IOException;

/** The first worker could not be started, so there is nothing to serve. */
public final class WorkerFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient LoadFailure failure;

    WorkerFailedException(LoadFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** Python's traceback, or nothing. */
    public String traceback() {
        return failure.traceback();
    }

    /** Status with which the command is to end; that of {@code SystemExit} where the application asked for it. */
    public int exitStatus() {
        return failure.exitStatus();
    }

    /** Message and traceback, or what it means that there is neither. */
    String story() {
        return failure.story();
    }
}
