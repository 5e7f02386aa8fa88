package dev.waitress.worker.process;

import dev.waitress.worker.pool.Worker;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All places of workers. Event loop only. */
final class WorkerSlots implements Iterable<WorkerSlot> {
    private final List<WorkerSlot> slots = new ArrayList<>();

    /** So many, all of them empty. */
    WorkerSlots(int size) {
        for (int i = 0; i < size; i++) {
            slots.add(new WorkerSlot());
        }
    }

    int size() {
        return slots.size();
    }

    /** One more, empty. */
    WorkerSlot add() {
        WorkerSlot slot = new WorkerSlot();
        slots.add(slot);
        return slot;
    }

    /** One less: the last of those that do not serve, or else the last. */
    WorkerSlot removeOne() {
        int chosen = slots.size() - 1;
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.get(i).isServing()) {
                chosen = i;
            }
        }
        return slots.remove(chosen);
    }

    boolean contains(WorkerSlot slot) {
        return slots.contains(slot);
    }

    /** Those without a worker. */
    List<WorkerSlot> empty() {
        return slots.stream().filter(WorkerSlot::isEmpty).toList();
    }

    @Override
    public Iterator<WorkerSlot> iterator() {
        return slots.iterator();
    }

    /** The slot whose worker this is; null if it has none, or is only to succeed somebody. */
    @Nullable
    WorkerSlot find(Worker worker) {
        for (WorkerSlot slot : slots) {
            if (slot.isOf(worker)) {
                return slot;
            }
        }
        return null;
    }

    /** The worker that serves in a process; null if none does. */
    @Nullable
    Worker findServing(long pid) {
        for (WorkerSlot slot : slots) {
            if (slot.isServing() && slot.requireWorker().pid() == pid) {
                return slot.requireWorker();
            }
        }
        return null;
    }

    boolean isAnyServing() {
        return slots.stream().anyMatch(WorkerSlot::isServing);
    }

    /** Whether this worker is to succeed somebody. */
    boolean isAwaited(Worker worker) {
        return slots.stream().anyMatch(slot -> slot.awaits(worker));
    }

    boolean areAllSuccessorsReady() {
        return slots.stream().allMatch(WorkerSlot::isSuccessorReady);
    }

    /** All successors serve from now on; returns the workers before. */
    List<Worker> takeOver(long nowNanos) {
        return each(slot -> slot.takeOver(nowNanos));
    }

    /** No successor will serve; returns those that were on their way. */
    List<Worker> giveUpSuccessors() {
        return each(WorkerSlot::giveUpSuccessor);
    }

    private List<Worker> each(Function<WorkerSlot, @Nullable Worker> change) {
        List<Worker> leaving = new ArrayList<>();
        for (WorkerSlot slot : slots) {
            Worker worker = change.apply(slot);
            if (worker != null) {
                leaving.add(worker);
            }
        }
        return leaving;
    }

    /** {@code worker 7 serves}, {@code workers 7, 8 serve}. */
    @Override
    public String toString() {
        String pids = slots.stream()
                .map(slot -> String.valueOf(slot.requireWorker().pid()))
                .collect(Collectors.joining(", "));
        return slots.size() == 1 ? "worker " + pids + " serves" : "workers " + pids + " serve";
    }
}
