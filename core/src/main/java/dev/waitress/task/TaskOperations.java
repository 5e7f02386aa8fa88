package dev.waitress.task;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.loop.Timers;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What operators learn of a Java application: its one process is the server's own. Nothing of it can be replaced.
 *
 * @param pool its requests and their threads
 * @param bornNanos since when the threads are there
 */
record TaskOperations(TaskPool pool, Executor loop, Timers timers, long bornNanos) implements Operations {
    @Override
    public void reload(String reason, Consumer<Outcome> told) {
        NONE.reload(reason, told);
    }

    @Override
    public void addWorker(Consumer<Outcome> told) {
        NONE.addWorker(told);
    }

    @Override
    public void removeWorker(Consumer<Outcome> told) {
        NONE.removeWorker(told);
    }

    @Override
    public void inspect(boolean withStacks, Consumer<Inspection> told) {
        loop.execute(() -> told.accept(inspection(withStacks, timers.nowNanos())));
    }

    private Inspection inspection(boolean withStacks, long nowNanos) {
        List<Occupation> occupations = pool.threads().stream()
                .map(thread -> thread.occupation(withStacks, nowNanos))
                .filter(Objects::nonNull)
                .toList();
        WorkerStatus own = new WorkerStatus(
                0, ProcessHandle.current().pid(), "serving", nowNanos - bornNanos, -1, 0, false, occupations);
        return new Inspection(List.of(own), Math.max(0, pool.excess()), Tally.Counts.NONE);
    }
}
