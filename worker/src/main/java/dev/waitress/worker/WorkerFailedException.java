package dev.waitress.worker;

import java.io.IOException;

/** The first worker could not be started, so there is nothing to serve. */
public final class WorkerFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String traceback;
    private final int exitStatus;

    WorkerFailedException(String message, String traceback, int exitStatus) {
        super(message);
        this.traceback = traceback;
        this.exitStatus = exitStatus;
    }

    /** Python's traceback, or nothing. */
    public String traceback() {
        return traceback;
    }

    /** Status with which the command is to end; that of {@code SystemExit} where the application asked for it. */
    public int exitStatus() {
        return exitStatus;
    }
}
