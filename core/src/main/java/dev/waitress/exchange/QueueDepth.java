package dev.waitress.exchange;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Tells of requests that wait because nobody is free to run them: of a number that is higher than ever at once, else
 * once a second. Event loop only.
 */
public final class QueueDepth {
    private static final Logger LOG = System.getLogger("waitress.queue");

    /**
     * Under a load of hundreds of connections every third request waits a little: a line for each cost more than it.
     */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int highest;
    private long toldNanos;

    /**
     * A request has arrived.
     *
     * @param waiting how many wait now; nothing is said of 0 or less
     */
    public void arrived(int waiting, long nowNanos) {
        if (waiting > 0 && (waiting > highest || nowNanos - toldNanos >= QUIET_NANOS)) {
            highest = Math.max(highest, waiting);
            toldNanos = nowNanos;
            LOG.log(Level.WARNING, () -> "Task queue depth is " + waiting);
        }
    }
}
