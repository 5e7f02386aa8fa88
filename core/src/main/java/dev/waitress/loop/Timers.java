package dev.waitress.loop;

/** The time of a loop. What has it from here is tested without waiting. Event loop only. */
public interface Timers {
    /** Time at the start of this turn, as {@link Clock#nanos}. */
    long nowNanos();

    /** Runs something once, after a time. */
    void schedule(long delayNanos, Runnable action);
}
