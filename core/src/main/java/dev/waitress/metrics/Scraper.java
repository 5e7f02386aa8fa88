package dev.waitress.metrics;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.WorkerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Gathers all that is told: what the loop knows is copied there, the system is asked elsewhere. Event loop only. */
final class Scraper {
    private final Sources sources;
    private final Executor elsewhere;

    /**
     * For one server.
     *
     * @param elsewhere runs what takes too long for the loop
     */
    Scraper(Sources sources, Executor elsewhere) {
        this.sources = sources;
        this.elsewhere = elsewhere;
    }

    /**
     * Gathers it once.
     *
     * @param withStacks whether workers are asked where their threads are
     * @param told elsewhere; it finds out there what the system says
     */
    void scrape(boolean withStacks, Consumer<Supplier<Scrape>> told) {
        sources.others().ask(others -> inspect(withStacks, others, told));
    }

    private void inspect(boolean withStacks, List<OtherLoops.Facts> others, Consumer<Supplier<Scrape>> told) {
        RequestCounts requests = sources.traffic().counts();
        List<RecentFailures.Failure> failures = sources.traffic().failures();
        FrontFacts front = sources.front().get();
        for (OtherLoops.Facts other : others) {
            requests.addAll(other.traffic().counts);
            failures = RecentFailures.together(failures, other.traffic().failures);
            front = front.and(other);
        }
        List<RecentFailures.Failure> allFailures = failures;
        FrontFacts whole = front;
        sources.operations()
                .inspect(
                        withStacks,
                        inspection -> elsewhere.execute(
                                () -> told.accept(() -> whole(requests, allFailures, whole, inspection))));
    }

    private Scrape whole(
            RequestCounts requests, List<RecentFailures.Failure> failures, FrontFacts front, Inspection inspection) {
        long own = ProcessHandle.current().pid();
        Map<Long, ProcessFacts> workers = new HashMap<>();
        for (WorkerStatus worker : inspection.workers()) {
            workers.put(worker.pid(), ProcessFacts.of(worker.pid(), worker.pid() != own));
        }
        long most = sources.mostDescriptors();
        return new Scrape(
                version(),
                requests,
                failures,
                front,
                inspection,
                workers,
                ProcessFacts.of(own, false),
                ProcessFacts.descriptors(),
                most == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(most),
                sources.spooledFiles().getAsLong(),
                sources.application());
    }

    private static String version() {
        String version = Scraper.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
