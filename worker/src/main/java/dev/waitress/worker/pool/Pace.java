package dev.waitress.worker.pool;

import dev.waitress.exchange.Tally;
import java.util.concurrent.TimeUnit;

/** How quickly a worker answers, and so how many requests it may hold. Event loop only. */
final class Pace {
    /** Requests in flight and no answer for so long: the runner is stuck, another thread goes on. */
    static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * The same once there were as many takeovers as threads: those may have come too early, to a worker that did not
     * get the CPU and so had begun nothing yet.
     */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Requests beyond its threads that a worker is given: none after a stall, then doubling up to the most. */
    private static final int FIRST_AHEAD = 16;

    private static final int MOST_AHEAD = 1024;

    private final int threads;
    private final Tally tally;
    private long lastAnswerNanos;
    private int takeovers;
    private int ahead = FIRST_AHEAD;

    Pace(int threads, Tally tally) {
        this.threads = threads;
        this.tally = tally;
    }

    /** Requests that the worker may hold. */
    int most() {
        return threads + ahead;
    }

    /** It holds requests, and has nothing to answer before them. */
    void begins(long nowNanos) {
        lastAnswerNanos = nowNanos;
    }

    /** AnswerReader have come: if that was in time, it may be given more at once. */
    void answered(long nowNanos) {
        if (takeovers == 0) {
            ahead = Math.min(MOST_AHEAD, Math.max(FIRST_AHEAD, 2 * ahead));
        }
        takeovers = 0;
        lastAnswerNanos = nowNanos;
    }

    /** Another thread was let go on. */
    void stalled(long nowNanos) {
        tally.count(Tally.Incident.TAKEOVER);
        takeovers++;
        ahead = 0;
        lastAnswerNanos = nowNanos;
    }

    /** Whether it has not answered since it stalled. */
    boolean isStalled() {
        return takeovers > 0;
    }

    /** Nanoseconds until it stalls; 0 or less if it does now. */
    long left(long nowNanos) {
        return lastAnswerNanos + patienceNanos() - nowNanos;
    }

    /** Nanoseconds without an answer after which it stalls. */
    long patienceNanos() {
        return takeovers < threads ? STALL_NANOS : RETRY_NANOS;
    }
}
