package dev.waitress.task;

import dev.waitress.exchange.RunLimit;
import dev.waitress.loop.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Cuts short the tasks that run for too long: it looks at them now and then. Event loop only, except where it says so.
 */
final class TaskLimit {
    private final RunLimit limit;
    private final Timers timers;
    private final BooleanSupplier isBusy;
    private final Set<AppTask> running = ConcurrentHashMap.newKeySet();

    /** Since when each was seen to run. */
    private final Map<AppTask, Long> seen = new HashMap<>();

    private boolean isLooking;

    /**
     * The limit of one dispatcher.
     *
     * @param isBusy whether there are tasks that run, or are about to
     */
    TaskLimit(RunLimit limit, Timers timers, BooleanSupplier isBusy) {
        this.limit = limit;
        this.timers = timers;
        this.isBusy = isBusy;
    }

    /** There are tasks; it looks after them until there are none. */
    void watch() {
        if (limit.isSet() && !isLooking) {
            isLooking = true;
            timers.schedule(limit.lookNanos(), this::look);
        }
    }

    private void look() {
        isLooking = false;
        long nowNanos = timers.nowNanos();
        seen.keySet().retainAll(running);
        for (AppTask task : running) {
            Long sinceNanos = seen.putIfAbsent(task, nowNanos);
            if (sinceNanos != null && nowNanos - sinceNanos >= limit.nanos()) {
                task.expire(limit);
            }
        }
        if (isBusy.getAsBoolean()) {
            watch();
        }
    }

    /** This thread, which is a task's, is to run it. */
    void begin(AppTask task) {
        if (limit.isSet()) {
            task.begin(limit);
            running.add(task);
        }
    }

    /** It has; from now on nobody interrupts it for that. */
    void end(AppTask task) {
        if (limit.isSet()) {
            running.remove(task);
            task.end();
        }
    }
}
