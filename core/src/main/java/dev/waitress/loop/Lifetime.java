package dev.waitress.loop;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The timers of somebody who may end before they are due. From then on none of them is run, and none holds what it was
 * to act on: a deadline may be days away, and what has ended is to go now. Event loop only.
 */
public final class Lifetime implements Timers {
    private final Timers timers;
    private final Set<Pending> pending = new HashSet<>();
    private final long beginNanos;
    private boolean isOver;

    /** One that has begun. */
    public Lifetime(Timers timers) {
        this.timers = timers;
        this.beginNanos = timers.nowNanos();
    }

    /** How long ago it began, whether it is over or not. */
    public long ageNanos() {
        return timers.nowNanos() - beginNanos;
    }

    @Override
    public long nowNanos() {
        return timers.nowNanos();
    }

    @Override
    public void schedule(long delayNanos, Runnable action) {
        if (isOver) {
            return;
        }
        Pending one = new Pending(pending, action);
        pending.add(one);
        timers.schedule(delayNanos, one);
    }

    /** Nothing that was scheduled is run any more. */
    public void end() {
        isOver = true;
        pending.forEach(Pending::forget);
        pending.clear();
    }

    /** Known to the loop. */
    private static final class Pending implements Runnable {
        private Set<Pending> others;
        private @Nullable Runnable action;

        Pending(Set<Pending> others, Runnable action) {
            this.others = others;
            this.action = action;
        }

        void forget() {
            others = Set.of();
            action = null;
        }

        @Override
        public void run() {
            Runnable due = action;
            if (due != null) {
                others.remove(this);
                due.run();
            }
        }
    }
}
