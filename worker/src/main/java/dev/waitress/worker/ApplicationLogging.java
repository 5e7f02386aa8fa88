package dev.waitress.worker;

import dev.waitress.worker.pool.WorkerPool;
import java.util.concurrent.Executor;

/** The logging that the application has set up in its workers, for log records of the front. Thread-safe. */
public final class ApplicationLogging {
    private final WorkerPool pool;
    private final Executor loop;

    private volatile int level = Integer.MAX_VALUE;

    /** The loop may have ended: nothing must be left to it any more. */
    private volatile boolean closed;

    ApplicationLogging(WorkerPool pool, Executor loop) {
        this.pool = pool;
        this.loop = loop;
    }

    /** Workers want our records from this level of Python's on. */
    void begin(int lowest) {
        level = lowest;
    }

    /** No worker will take any more. */
    void close() {
        closed = true;
    }

    /** From which level of Python's on {@link #log} is of use. */
    public int level() {
        return level;
    }

    /**
     * Hands a log record to the logging of a worker.
     *
     * @param otherwise what to do, on any thread, when no worker can take it
     */
    public void log(LogLine line, Runnable otherwise) {
        if (closed) {
            otherwise.run();
            return;
        }
        loop.execute(() -> {
            if (!pool.log(line::write)) {
                otherwise.run();
            }
        });
    }
}
