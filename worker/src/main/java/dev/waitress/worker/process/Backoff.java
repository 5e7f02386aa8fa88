package dev.waitress.worker.process;

import java.util.concurrent.TimeUnit;

/** How long to wait before a worker is replaced: not at all, unless its predecessors died before they were ready. */
final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long nextNanos;

    void succeeded() {
        nextNanos = 0;
    }

    /** The same where nothing could be started at all: asking again at once is futile. */
    long retryNanos() {
        return Math.max(FIRST_NANOS, delayNanos());
    }

    long delayNanos() {
        long delay = nextNanos;
        nextNanos = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, 2 * delay));
        return delay;
    }
}
