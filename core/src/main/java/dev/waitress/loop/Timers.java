package dev.waitress.loop;

/** A loop as a clock: what is told the time by one is tested without waiting. */
public interface Timers {
    /** Time at the start of this turn. */
    long nowNanos();

    /** Runs something once, after a time. */
    void schedule(long delayNanos, Runnable action);

    /** Runs something on the loop, as soon as its turn comes. Thread-safe. */
    void execute(Runnable task);
}
