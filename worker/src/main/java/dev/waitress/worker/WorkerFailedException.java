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

    /** Message and traceback, for a log line and those below it. */
    String story() {
        String message = String.valueOf(getMessage());
        // That of a SyntaxError begins with a line that is indented, as all below it are.
        String all = (message.isBlank() ? traceback : message + "\n" + traceback).stripTrailing();
        return all.isEmpty() ? "it asked for the end of the process, with status " + exitStatus : all;
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
