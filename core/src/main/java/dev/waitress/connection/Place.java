package dev.waitress.connection;

import dev.waitress.loop.Turns;
import java.util.concurrent.TimeUnit;

/**
 * The place of one client among all that there is room for: kept as long as something moves or an application is at
 * work, and given up when the client is idle. Event loop only.
 */
final class Place {
    /** A new client has this long before it counts as idle where connections are scarce, or the server stops. */
    static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Whose place it is. */
    interface Holder {
        /** Whether it waits for a request of which nothing has come. */
        boolean isIdle();

        /** Whether there was a request before. */
        boolean hasServed();

        /** Whether it has nothing to do until an application goes on. */
        boolean waitsForApplication();

        /** Takes in what has come, and sends what can leave; false if there was nothing. */
        boolean move();

        /** Is no more, and needs no place; its client is told where that can be. */
        void leave();
    }

    private final Turns loop;
    private final Outbox outbox;
    private final Holder holder;

    /** When the client could first say what it wants. */
    private long takenNanos;

    /** Reads and writes so far. */
    private long moves;

    private long movedNanos;

    /** A place that is taken now. */
    Place(Turns loop, Outbox outbox, Holder holder) {
        this.loop = loop;
        this.outbox = outbox;
        this.holder = holder;
        this.takenNanos = loop.nowNanos();
        this.movedNanos = takenNanos;
    }

    /** From now on it is that of another client: who came first only announced it. */
    void takeAnew() {
        takenNanos = loop.nowNanos();
    }

    /** Something was read or sent. */
    void moved() {
        moves++;
        movedNanos = loop.nowNanos();
    }

    /** How often so far. */
    long moves() {
        return moves;
    }

    /** When something was last read, sent, or given to the client to read. */
    long lastActiveNanos() {
        return movedNanos - outbox.begunNanos() > 0 ? movedNanos : outbox.begunNanos();
    }

    /** Whether another client may have it: not if this one has just come and could not yet say what it wants. */
    boolean canBeVacated() {
        return holder.isIdle() && (holder.hasServed() || loop.nowNanos() - takenNanos > FIRST_WORD_NANOS);
    }

    /**
     * Has the holder leave if it is idle, also after a last look. One that has just come has its time for a first word:
     * a client that is between its connection and its request cannot know that the server stops.
     */
    void vacate() {
        if (holder.isIdle()) {
            holder.move(); // a request may have come in this very turn
        }
        if (!holder.isIdle()) {
            return;
        }
        long leftNanos = FIRST_WORD_NANOS - (loop.nowNanos() - takenNanos);
        if (holder.hasServed() || leftNanos <= 0) {
            holder.leave();
        } else {
            loop.schedule(leftNanos, this::vacate);
        }
    }

    /**
     * Has the holder leave if nothing has moved for that long and no application is at work. What the kernel has
     * received meanwhile is taken first, and counts.
     */
    void vacateIfUnused(long nowNanos, long timeoutNanos) {
        if (!holder.waitsForApplication() && nowNanos - lastActiveNanos() > timeoutNanos && !holder.move()) {
            holder.leave();
        }
    }
}
