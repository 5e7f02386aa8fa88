package dev.waitress.loop;

/** The turns of a loop, for those who act in them. Event loop only. */
public interface Turns extends Timers {
    /** This one is to be flushed at the end of the turn. */
    void markDirty(Flushable owner);

    /** What the loop lends. */
    LoopResources resources();
}
