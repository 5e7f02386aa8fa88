package dev.waitress.worker.process;

import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.fakes.SourcedPool;
import dev.waitress.worker.pool.Intake;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor whose workers, files and time are the test's. */
abstract class SupervisorFixture {
    static final Duration STARTUP = Duration.ofSeconds(60);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final Duration PROVEN = Duration.ofSeconds(1);
    static final Duration PAUSE = Duration.ofSeconds(10);
    static final int WORKERS = 2;

    @TempDir
    Path directory;

    final FakeTimers timers = new FakeTimers();
    final List<ScriptedWorker> launched = new ArrayList<>();
    final CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    final FakeChanges changes = new FakeChanges();
    final ScriptedLauncher launcher = new ScriptedLauncher();
    WorkerPool pool;
    Intake intake;
    Supervisor supervisor;

    /** Starts scripted workers, unless it is told to fail. */
    final class ScriptedLauncher implements Launcher {
        boolean isBroken;
        boolean isShortOfThreads;
        boolean isAbandoned;

        @Override
        public Worker launch(int number) throws IOException {
            if (isBroken) {
                throw new IOException("no more processes");
            }
            if (isShortOfThreads) {
                throw new InternalError("no more threads"); // JUnit takes an OutOfMemoryError for its own
            }
            ScriptedWorker worker = new ScriptedWorker(pool, number, directory, 1);
            launched.add(worker);
            return worker.worker();
        }

        @Override
        public String command() {
            return "python3";
        }

        @Override
        public List<StartedProcess> running() {
            return List.of();
        }

        @Override
        public void abandon() {
            isAbandoned = true;
        }
    }

    static final class FakeChanges implements Changes {
        boolean isEmpty = true;
        boolean isClosed;
        final List<Path> files = new ArrayList<>();
        Consumer<String> listener = change -> {};

        @Override
        public void tell(Consumer<String> newListener) {
            listener = newListener;
        }

        @Override
        public void add(Instant since, List<Path> more) {
            files.addAll(more);
        }

        @Override
        public boolean isEmpty() {
            return isEmpty;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @BeforeEach
    void start() {
        SourcedPool sourced = new SourcedPool(WORKERS, STARTUP, timers);
        pool = sourced.pool();
        intake = pool.intake();
        supervisor = new Supervisor(
                WORKERS,
                launcher,
                intake,
                timers,
                timers,
                STARTUP.toNanos(),
                new Reasons(changes, new MemoryWatch(0)),
                pool.tally());
        sourced.reportTo(supervisor);
    }

    ScriptedWorker worker(int number) {
        return launched.get(number - 1);
    }

    void ready(int... numbers) throws IOException {
        for (int number : numbers) {
            worker(number).connects().isReady();
        }
    }

    void exits(int number, int status) {
        worker(number).process().exit(status);
        timers.turn();
    }

    /** How many workers were replaced, by the reason. */
    Map<Replacement, Long> replaced() {
        Map<Replacement, Long> replaced = new HashMap<>(pool.tally().counts().replacements());
        replaced.values().removeIf(count -> count == 0);
        return replaced;
    }

    long counted(Tally.Incident incident) {
        return pool.tally().counts().of(incident);
    }

    void change() {
        changes.listener.accept("shop.py changed");
        timers.turn();
    }

    /** The first workers serve. */
    void serve() throws IOException {
        supervisor.begin(opened);
        ready(1, 2);
    }

    boolean quits(int number) {
        return worker(number).control().told().contains(String.valueOf(Protocol.QUIT));
    }
}
