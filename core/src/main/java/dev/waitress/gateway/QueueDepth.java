package dev.waitress.gateway;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Tells of requests that wait because nobody is free to run them. Thread-safe. */
public final class QueueDepth {
    private static final Logger LOG = System.getLogger("waitress.queue");

    private QueueDepth() {}

    /**
     * A request has arrived.
     *
     * @param waiting how many wait now; nothing is said of 0 or less
     */
    public static void arrived(int waiting) {
        if (waiting > 0) {
            LOG.log(Level.WARNING, () -> "Task queue depth is " + waiting);
        }
    }
}
