package dev.waitress.loop;

/** Takes part in every turn of a loop, besides being called when its own sockets are ready. */
public interface TurnTaker {
    /** Returned by {@link #settle} by who needs no turn of its own. */
    long NO_DEADLINE = Long.MAX_VALUE;

    /** All that was ready in this turn has been read; now is the time to send what has been collected. */
    void act(long nowNanos);

    /**
     * The turn is over: what came up since {@link #act} must leave now.
     *
     * @return nanoseconds after which the loop must turn again, even if nothing is ready
     */
    long settle(long nowNanos);
}
