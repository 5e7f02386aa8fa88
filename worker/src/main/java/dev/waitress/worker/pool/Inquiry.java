package dev.waitress.worker.pool;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.loop.Timers;
import dev.waitress.worker.wire.ThreadStack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds out what some workers do: asks each for its stacks, and tells what is known when all have answered, or when
 * they had the time. Event loop only.
 */
final class Inquiry {
    /** A worker that does not answer within this time does not get on. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Worker> workers;
    private final int waiting;
    private final Consumer<Inspection> told;
    private final Set<Worker> unheard = new HashSet<>();
    private final Map<Worker, List<Occupation>> heard = new HashMap<>();
    private boolean isOver;

    private Inquiry(List<Worker> workers, int waiting, Consumer<Inspection> told) {
        this.workers = List.copyOf(workers);
        this.waiting = waiting;
        this.told = told;
    }

    /** Tells at once what the front itself knows. */
    static void withoutStacks(List<Worker> workers, int waiting, Consumer<Inspection> told) {
        new Inquiry(workers, waiting, told).tell();
    }

    static void withStacks(List<Worker> workers, int waiting, Timers timers, Consumer<Inspection> told) {
        Inquiry inquiry = new Inquiry(workers, waiting, told);
        workers.stream().filter(each -> each.state().isObedient()).forEach(inquiry.unheard::add);
        if (inquiry.unheard.isEmpty()) {
            inquiry.tell();
            return;
        }
        timers.schedule(PATIENCE_NANOS, inquiry::tell);
        List.copyOf(inquiry.unheard).forEach(each -> each.askForStacks(stacks -> inquiry.hear(each, stacks)));
    }

    private void hear(Worker worker, List<ThreadStack> stacks) {
        heard.put(worker, worker.workload().occupations().of(stacks));
        unheard.remove(worker);
        if (unheard.isEmpty()) {
            tell();
        }
    }

    private void tell() {
        if (!isOver) {
            isOver = true;
            told.accept(new Inspection(
                    workers.stream()
                            .filter(each -> each.state() != WorkerState.DEAD)
                            .map(this::status)
                            .toList(),
                    waiting));
        }
    }

    private WorkerStatus status(Worker worker) {
        Occupations occupations = worker.workload().occupations();
        List<Occupation> said = heard.get(worker);
        return new WorkerStatus(
                worker.number(),
                worker.pid(),
                worker.state().word(),
                worker.ageNanos(),
                worker.workload().countAnswered(),
                occupations.unbegun(),
                unheard.contains(worker),
                said == null ? occupations.known() : said);
    }
}
