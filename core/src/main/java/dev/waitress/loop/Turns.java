package dev.waitress.loop;

/** The turns of a loop, for those who act in them. Event loop only. */
public interface Turns {
    /** Time at the start of this turn, as {@link Clock#nanos}. */
    long nowNanos();

    /** Runs something once, after a time. */
    void schedule(long delayNanos, Runnable action);

    /** This one is to be flushed at the end of the turn. */
    void markDirty(Flushable owner);

    /** What the loop lends. */
    LoopResources resources();
}
