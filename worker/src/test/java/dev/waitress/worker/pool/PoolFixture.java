package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.RunLimit;
import dev.waitress.settings.Settings;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeTerms;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A pool whose workers are scripted, and that notes what they report. */
final class PoolFixture {
    static final Duration STARTUP = Duration.ofSeconds(60);
    static final Duration DRAIN = Duration.ofSeconds(30);
    static final int CREDIT_STEP = FakeTerms.CREDIT_STEP;

    final FakeTimers timers = new FakeTimers();
    final WorkerPool pool;
    private final Path directory;
    private final int threads;
    private final List<String> events = new ArrayList<>();

    /** Workers serve until they end, nothing runs twice, and all may wait. */
    PoolFixture(Path directory, int threads) {
        this(directory, threads, QueueLimits.NONE);
    }

    PoolFixture(Path directory, int threads, QueueLimits limits) {
        this(directory, threads, FakeTerms.of(threads, STARTUP, DRAIN, limits));
    }

    PoolFixture(Path directory, int threads, Wear wear, boolean retries) {
        this(directory, threads, FakeTerms.of(threads, STARTUP, DRAIN, wear, retries));
    }

    /** Workers are asked whether they live, and hung after so long without an answer. */
    PoolFixture(Path directory, int threads, Duration silence) {
        this(directory, threads, FakeTerms.ofAsked(threads, STARTUP, silence));
    }

    PoolFixture(Path directory, int threads, RunLimit limit) {
        this(directory, threads, FakeTerms.of(threads, STARTUP, DRAIN, limit));
    }

    private PoolFixture(Path directory, int threads, WorkerTerms terms) {
        this.directory = directory;
        this.threads = threads;
        pool = new WorkerPool(terms, 2, new RequestEncoder(Settings.defaults()), timers, new Recorder());
    }

    /** Notes reports, and passes on to the pool what concerns requests. */
    private final class Recorder implements WorkerListener {
        @Override
        public void ready(Worker worker) {
            events.add("ready " + worker.number());
        }

        @Override
        public void failed(Worker worker, LoadFailure failure) {
            events.add("failed " + worker.number() + " " + failure.message() + " " + failure.exitStatus());
        }

        @Override
        public void late(Worker worker) {
            events.add("late " + worker.number());
        }

        @Override
        public void hung(Worker worker, Duration since) {
            events.add("hung " + worker.number() + " since " + since.toSeconds());
        }

        @Override
        public void imported(Instant since, List<Path> files) {
            events.add("imported " + files);
        }

        @Override
        public void ownsLogging(int level) {
            events.add("logging " + level);
        }

        @Override
        public void stopAsked() {
            events.add("stop");
        }

        @Override
        public void worn(Worker worker, Worn why) {
            events.add("worn " + worker.number() + " it " + why.words());
        }

        @Override
        public void overloaded(Worker worker) {
            pool.overloaded(worker);
        }

        @Override
        public void gaveBack(List<WaitingRequest> unbegun) {
            pool.requeue(unbegun);
        }

        @Override
        public void died(Worker worker, Remains remains) {
            events.add("died " + worker.number() + " lost " + remains.lost().size());
            pool.remove(worker, remains);
        }
    }

    List<String> events() {
        return events;
    }

    /** A worker that starts. */
    ScriptedWorker worker(int number) throws IOException {
        return new ScriptedWorker(pool, number, directory, threads);
    }

    /** A worker that serves, and has been told nothing since. */
    ScriptedWorker serving(int number) throws IOException {
        ScriptedWorker worker = worker(number).connects().isReady();
        worker.worker().serve();
        worker.control().told();
        return worker;
    }

    /** A client has asked for a path. */
    FakeClient ask(String path) {
        return ask("GET", path, BodyBuffer.EMPTY);
    }

    /** A client has sent a request. */
    FakeClient ask(String method, String path, BodyBuffer body) {
        FakeClient client = new FakeClient(method, path, body);
        pool.submit(client.request(), client.response());
        return client;
    }

    /** A body of these bytes. */
    static BodyBuffer body(byte[] content) throws IOException {
        return body(content, new MemoryBudget(1 << 20));
    }

    /** The same, which takes up memory. */
    static BodyBuffer body(byte[] content, MemoryBudget memory) throws IOException {
        BodyBuffer body = new BodyBuffer(
                content.length, new BodyStorage(1 << 20, memory, new PrivateDirectory(), SharedMemory.NONE));
        body.append(content, 0, content.length);
        return body;
    }

    boolean log() {
        return pool.log(record -> {
            record.integer(30);
            record.text("waitress");
            record.text("message");
            record.text("");
        });
    }

    /** A turn of the loop; returns nanoseconds until the next. */
    long turn() {
        pool.act(timers.nowNanos());
        return pool.settle(timers.nowNanos());
    }
}
