package dev.waitress.loop;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** How a loop waits for sockets and for what other threads ask of it. Event loop only, except {@link #wakeUp}. */
final class Waiting {
    /** Who wants another turn within this time waits for answers that are on their way. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Selector selector;
    private final Collection<Runnable> tasks;
    private final Consumer<SelectionKey> ready;
    private final Clock clock;

    /** Whether a task must wake the loop up: it has looked for tasks, and will not again before it sleeps. */
    private final AtomicBoolean sleeps = new AtomicBoolean();

    private Patience patienceForAnswers = new Patience(0);
    private Patience patienceForClients = new Patience(0);

    /**
     * Waits for no longer than until there is something to do.
     *
     * @param tasks what other threads ask for; thread-safe
     * @param ready told each socket that is ready
     */
    Waiting(Selector selector, Collection<Runnable> tasks, Consumer<SelectionKey> ready, Clock clock) {
        this.selector = selector;
        this.tasks = tasks;
        this.clock = clock;
        this.ready = key -> {
            awoke(); // what is asked for from now on is looked at in this turn
            ready.accept(key);
        };
    }

    /** Before it sleeps it looks for so long for what is on its way, where that has paid lately. */
    void lookFor(long nanos) {
        patienceForAnswers = new Patience(nanos);
        patienceForClients = new Patience(nanos);
    }

    /** There is a new task. A loop that is about to look for some is left alone. Thread-safe. */
    void wakeUp() {
        if (sleeps.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    /**
     * Waits, and has what is ready taken.
     *
     * @param waitNanos how long at most: 0 to look only, {@link TurnTaker#NO_DEADLINE} for ever
     */
    void await(long waitNanos) throws IOException {
        boolean isSoon = waitNanos < SOON_NANOS;
        Patience patience = isSoon ? patienceForAnswers : patienceForClients;
        long since = clock.nanos();
        int count = 0;
        if (isSoon) {
            // Clients and workers that share this processor run first, so that each turn finds more to do at once:
            // hello on 2 cores, 32 connections: 88,000-90,000 requests/s without, 97,000-106,000 with.
            giveWay();
        }
        boolean looks = waitNanos > 0 && patience.nanos() > 0;
        if (looks) {
            count = lookAgain(since + patience.nanos());
        }
        if (count == 0 && (tasks.isEmpty() || !looks)) {
            count = sleep(waitNanos);
        }
        patience.came(count, clock.nanos() - since);
    }

    /** What came until then, or as soon as there are tasks. */
    private int lookAgain(long endNanos) throws IOException {
        int count = selector.selectNow(ready);
        while (count == 0 && tasks.isEmpty() && clock.nanos() - endNanos < 0) {
            giveWay();
            count = selector.selectNow(ready);
        }
        return count;
    }

    private int sleep(long waitNanos) throws IOException {
        sleeps.set(waitNanos > 0);
        int count = select(tasks.isEmpty() ? waitNanos : 0);
        awoke();
        return count;
    }

    private void awoke() {
        if (sleeps.get()) {
            sleeps.set(false);
        }
    }

    private int select(long waitNanos) throws IOException {
        if (waitNanos <= 0) {
            return selector.selectNow(ready);
        }
        return waitNanos == TurnTaker.NO_DEADLINE
                ? selector.select(ready)
                : selector.select(ready, Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos)));
    }

    @SuppressWarnings("ThreadPriorityCheck") // a matter of speed only
    private static void giveWay() {
        Thread.yield();
    }
}
