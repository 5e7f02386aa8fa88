package dev.waitress.worker.process;

import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.Worn;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Replaces workers that have served long enough, one slot at a time: the successor is ready before the worker is
 * retired, so that no request waits. What cannot be loaded now may be later; until then the worker goes on. Event loop
 * only.
 */
final class Renewal {
    private static final Logger LOG = System.getLogger("waitress");

    /** After so long it is tried again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final WorkerSlots slots;
    private final Launches launches;
    private final Timers timers;
    private final Rollout rollout;
    private final Tally tally;

    /** Those that wait for their turn. */
    private final Map<Worker, Replacement> worn = new LinkedHashMap<>();

    /** The slot whose successor is on its way. */
    private @Nullable WorkerSlot current;

    /** Why that is so; means nothing without one. */
    private Replacement reason = Replacement.DIED;

    private boolean isPausing;
    private boolean isClosed;

    Renewal(WorkerSlots slots, Launches launches, Timers timers, Rollout rollout, Tally tally) {
        this.slots = slots;
        this.launches = launches;
        this.timers = timers;
        this.rollout = rollout;
        this.tally = tally;
    }

    /** A worker is to be replaced as soon as it is its turn. */
    void ask(Worker worker, Worn why) {
        WorkerSlot slot = slots.find(worker);
        if (slot == null || slot == current || worn.putIfAbsent(worker, why.reason()) != null) {
            return;
        }
        LOG.log(Level.INFO, "worker " + worker.pid() + " is to be replaced: it " + why.words());
        next();
    }

    /** Begins with the next one, if nothing else is on its way. Where all are replaced, those that wait are too. */
    void next() {
        while (current == null && !isPausing && !isClosed && !rollout.isUnderWay() && !worn.isEmpty()) {
            Map.Entry<Worker, Replacement> oldest = worn.entrySet().iterator().next();
            Worker worker = oldest.getKey();
            reason = oldest.getValue();
            worn.remove(worker);
            WorkerSlot slot = slots.find(worker);
            if (slot != null) {
                begin(slot, worker);
            }
        }
    }

    private void begin(WorkerSlot slot, Worker worker) {
        current = slot;
        try {
            slot.prepare(launches.launch());
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, processes or memory: that may pass.
            giveUp(LoadFailure.of("cannot start a worker: " + e.getMessage()), worker);
        }
    }

    /** Whether this worker is to take over. */
    boolean awaits(Worker worker) {
        return current != null && current.awaits(worker);
    }

    /** The successor is ready. */
    void takeOver() {
        WorkerSlot slot = requireCurrent();
        current = null;
        Worker before = slot.takeOver(timers.nowNanos());
        long pid = slot.requireWorker().pid();
        if (before == null) {
            LOG.log(Level.INFO, "worker " + pid + " serves");
        } else {
            LOG.log(Level.INFO, "worker " + pid + " serves in place of worker " + before.pid());
            launches.dismiss(before);
            tally.count(reason);
        }
        next();
    }

    /** The successor cannot serve. */
    void giveUp(LoadFailure failure) {
        WorkerSlot slot = requireCurrent();
        giveUp(failure, slot.isServing() ? slot.requireWorker() : null);
    }

    private void giveUp(LoadFailure failure, @Nullable Worker worker) {
        LOG.log(Level.ERROR, "Cannot load the application for a worker's successor:\n" + failure.story());
        withdraw();
        if (worker != null && worker.isHung()) {
            worker.process().kill(); // it is of no use, with a successor or without
        } else if (worker != null) {
            worn.put(worker, reason);
        }
        isPausing = true;
        timers.schedule(PAUSE_NANOS, this::resume);
    }

    /** Nobody is started any more: who waits for the end of all workers would not know of it. */
    void close() {
        isClosed = true;
    }

    private void resume() {
        isPausing = false;
        next();
    }

    /** All slots get successors now, or this one's place is no longer there. */
    void withdraw() {
        if (current != null) {
            Worker successor = current.giveUpSuccessor();
            current = null;
            if (successor != null) {
                launches.dismiss(successor);
            }
        }
    }

    /** The same, if it is this slot's. */
    void withdraw(WorkerSlot slot) {
        if (slot == current) {
            withdraw();
        }
    }

    private WorkerSlot requireCurrent() {
        if (current == null) {
            throw new IllegalStateException("no worker is replaced now");
        }
        return current;
    }
}
