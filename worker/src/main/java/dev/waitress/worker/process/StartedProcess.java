package dev.waitress.worker.process;

import dev.waitress.worker.pool.WorkerProcess;

/** A process that is ours to end: we have started it, or one of ours has. */
public interface StartedProcess extends WorkerProcess {
    /** Waits for its end, then makes an end. On any thread but the loop. */
    void endWithin(long timeoutNanos) throws InterruptedException;
}
