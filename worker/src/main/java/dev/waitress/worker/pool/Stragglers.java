package dev.waitress.worker.pool;

import dev.waitress.exchange.RunLimit;
import dev.waitress.loop.Timers;
import dev.waitress.worker.wire.ControlWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Threads of one worker that do not come back from a request which is answered: from the application's {@code close()},
 * say. Nobody waits for them, but the worker has one thread less. The board cannot tell such a thread from one that has
 * nothing to do; so the worker is asked, once for each request that a thread has begun a limit ago and none since.
 * Event loop only.
 */
final class Stragglers {
    private static final Logger LOG = System.getLogger("waitress");

    /** A thread may take so long to come back from a request that was to end. */
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final String TITLE = "a request that it has answered";

    private final WorkerProcess process;
    private final RunLimit limit;
    private final Timers timers;
    private final ControlWriter control;
    private final Consumer<Worn> listener;

    /** What the worker was asked for, of what its threads have begun last. */
    private final Set<Integer> asked = new HashSet<>();

    /** Those of them that a thread had not come back from. */
    private final Set<Integer> found = new HashSet<>();

    /**
     * Those of one worker.
     *
     * @param listener told that another worker should take its place, where they stay
     */
    Stragglers(WorkerProcess process, RunLimit limit, Timers timers, ControlWriter control, Consumer<Worn> listener) {
        this.process = process;
        this.limit = limit;
        this.timers = timers;
        this.control = control;
        this.listener = listener;
    }

    /** A thread has begun this, and nothing since, a limit ago; it has been answered. */
    void suspect(int id) {
        if (asked.add(id)) {
            ask(id);
        }
    }

    private void ask(int id) {
        control.overdue(id, limit.showsAll());
    }

    /** Forgets all but what threads have begun last. */
    void retain(int[] begun) {
        asked.removeIf(id -> Arrays.stream(begun).noneMatch(each -> each == id));
        found.retainAll(asked);
    }

    /** The worker has said where a request is; nothing if its thread has come back. */
    void located(int id, String stacks) {
        if (!asked.contains(id)) {
            return;
        }
        if (stacks.isEmpty()) {
            found.remove(id);
        } else if (found.add(id)) {
            String who = "worker " + process.pid();
            LOG.log(Level.WARNING, who + ": " + limit.describe(TITLE));
            LOG.log(Level.WARNING, who + " runs " + TITLE + " here:\n" + stacks.stripTrailing());
            timers.schedule(GRACE_NANOS, () -> askAgain(id));
        } else {
            listener.accept(Worn.byRequest(TITLE));
        }
    }

    private void askAgain(int id) {
        if (found.contains(id)) {
            ask(id);
        }
    }
}
