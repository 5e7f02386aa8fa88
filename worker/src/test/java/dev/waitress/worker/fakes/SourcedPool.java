package dev.waitress.worker.fakes;

import dev.waitress.settings.Settings;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Remains;
import dev.waitress.worker.pool.WaitingRequest;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerListener;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.process.WorkerSource;
import dev.waitress.worker.wire.RequestEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A pool whose workers report to a source of workers, as in a gateway: no requests come. */
public final class SourcedPool implements WorkerListener {
    private final WorkerPool pool;
    private @Nullable WorkerSource source;

    /** A pool of workers with one thread each. */
    public SourcedPool(int workers, Duration startup, FakeTimers timers) {
        this(workers, FakeTerms.of(1, startup, startup), timers);
    }

    /** The same with terms of its own. */
    public SourcedPool(int workers, WorkerTerms terms, FakeTimers timers) {
        pool = new WorkerPool(terms, workers, new RequestEncoder(Settings.defaults()), timers, this);
    }

    public WorkerPool pool() {
        return pool;
    }

    /** From now on workers report there. */
    public void reportTo(WorkerSource newSource) {
        source = newSource;
    }

    private WorkerSource source() {
        return Objects.requireNonNull(source);
    }

    @Override
    public void ready(Worker worker) {
        source().ready(worker);
    }

    @Override
    public void failed(Worker worker, LoadFailure failure) {
        source().failed(worker, failure);
    }

    @Override
    public void late(Worker worker) {
        source().late(worker);
    }

    @Override
    public void hung(Worker worker, Duration since) {
        source().hung(worker, since);
    }

    @Override
    public void imported(Instant since, List<Path> files) {
        source().imported(since, files);
    }

    @Override
    public void ownsLogging(int level) {}

    @Override
    public void stopAsked() {}

    @Override
    public void overloaded(Worker worker) {}

    @Override
    public void gaveBack(List<WaitingRequest> unbegun) {}

    @Override
    public void worn(Worker worker, Worn why) {
        source().renew(worker, why);
    }

    @Override
    public void died(Worker worker, Remains remains) {
        pool.remove(worker, remains);
        source().died(worker);
    }
}
