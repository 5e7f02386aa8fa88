package dev.waitress.worker.pool;

/** Whether requests wait for a worker, or are refused because none will come until something changes. */
public interface Intake {
    /** Refuses requests with 503 and this reason, also those that wait, until {@link #resume}. */
    void suspend(String reason);

    /** Lets requests wait for a worker. */
    void resume();

    boolean isSuspended();

    /** So many workers are to serve; those that wait for one of them are not too many. */
    void expect(int workers);
}
