package dev.waitress.worker.pool;

/**
 * Why the application could not be loaded.
 *
 * @param message in one line, or nothing
 * @param traceback Python's, or nothing
 * @param exitStatus with which a command that serves nothing else is to end; that of {@code SystemExit} where the
 *     application asked for it
 */
public record LoadFailure(String message, String traceback, int exitStatus) {
    /** Of a failure that is nobody's wish. */
    public static final int EXIT_STATUS = 1;

    /** A failure for which Python has nothing to say, and that is nobody's wish. */
    public static LoadFailure of(String message) {
        return new LoadFailure(message, "", EXIT_STATUS);
    }

    /** Message and traceback, for a log line and those below it. */
    public String story() {
        // That of a SyntaxError begins with a line that is indented, as all below it are.
        String all = (message.isBlank() ? traceback : message + "\n" + traceback).stripTrailing();
        return all.isEmpty() ? "it asked for the end of the process, with status " + exitStatus : all;
    }
}
