package dev.waitress.worker.pool;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Tally;
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

    /** At a signal Python writes at once, or not at all. */
    static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final String ALL_THREADS = "all threads, at a signal";

    private final List<Worker> workers;
    private final int waiting;
    private final Tally tally;
    private final Timers timers;
    private final Consumer<Inspection> told;
    private final Set<Worker> unheard = new HashSet<>();
    private final Map<Worker, List<Occupation>> heard = new HashMap<>();
    private final Map<Worker, String> written = new HashMap<>();
    private boolean isClosing;

    Inquiry(List<Worker> workers, int waiting, Tally tally, Timers timers, Consumer<Inspection> told) {
        this.workers = List.copyOf(workers);
        this.waiting = waiting;
        this.tally = tally;
        this.timers = timers;
        this.told = told;
    }

    /** Asks all who obey; who does not answer, or cannot yet, has his Python asked by a signal. */
    void ask() {
        workers.stream().filter(each -> each.state().isObedient()).forEach(unheard::add);
        if (unheard.isEmpty()) {
            close();
            return;
        }
        timers.schedule(PATIENCE_NANOS, this::close);
        List.copyOf(unheard).forEach(each -> each.questions().askForStacks(stacks -> hear(each, stacks)));
    }

    private void hear(Worker worker, List<ThreadStack> stacks) {
        heard.put(worker, worker.workload().occupations().of(stacks));
        unheard.remove(worker);
        if (unheard.isEmpty()) {
            close();
        }
    }

    private void close() {
        if (isClosing) {
            return;
        }
        isClosing = true;
        List<Worker> signalled = workers.stream()
                .filter(each -> !heard.containsKey(each) && each.state() != WorkerState.DEAD)
                .filter(each -> each.process().askForStacks())
                .toList();
        if (signalled.isEmpty()) {
            tell();
        } else {
            timers.schedule(MOMENT_NANOS, () -> {
                signalled.forEach(each -> written.put(each, each.process().stacks()));
                tell();
            });
        }
    }

    /** Tells what is known. */
    void tell() {
        told.accept(new Inspection(
                workers.stream()
                        .filter(each -> each.state() != WorkerState.DEAD)
                        .map(this::status)
                        .toList(),
                waiting,
                tally.counts()));
    }

    private List<Occupation> occupations(Worker worker) {
        List<Occupation> said = heard.get(worker);
        if (said != null) {
            return said;
        }
        List<Occupation> known = worker.workload().occupations().known();
        String stacks = written.getOrDefault(worker, "");
        if (!stacks.isEmpty()) {
            known.add(new Occupation(ALL_THREADS, "", 0, stacks));
        }
        return known;
    }

    private static String word(Worker worker) {
        if (worker.isHung()) {
            return "hung";
        }
        boolean isSilent = worker.isServing() && !worker.isAnswering();
        return isSilent ? "silent" : worker.state().word();
    }

    private WorkerStatus status(Worker worker) {
        return new WorkerStatus(
                worker.number(),
                worker.pid(),
                word(worker),
                worker.ageNanos(),
                worker.workload().countAnswered(),
                worker.workload().occupations().unbegun(),
                unheard.contains(worker),
                occupations(worker));
    }
}
