package dev.waitress.worker;

/** What the process that started this front may order. */
public interface Orders {
    /**
     * Answer what was received, then end.
     *
     * @param isAtTerminal whether somebody at a terminal waits for that
     */
    void stop(boolean isAtTerminal);

    /** Log records below this level of Python's are of no interest. */
    void level(int pythonLevel);

    /** Load the application again. */
    void reload();

    /** Start one more worker. */
    void addWorker();

    /** End one worker. */
    void removeWorker();

    /** Open the access log again. */
    void reopenLogs();
}
