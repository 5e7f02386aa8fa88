package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeTerms;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.fakes.SourcedPool;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a supervisor does about workers that say nothing. */
class UnansweringTest {
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofNanos(Unanswering.MOMENT_NANOS);
    private static final String STACKS = "Thread 0x1 (most recent call first):\n  File \"shop.py\", line 7 in view";

    @TempDir
    private Path directory;

    private final FakeTimers timers = new FakeTimers();
    private final List<ScriptedWorker> launched = new ArrayList<>();
    private final CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    private WorkerPool pool;
    private Supervisor supervisor;

    private final class ScriptedLauncher implements Launcher {
        @Override
        public Worker launch(int number) throws IOException {
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
        public void abandon() {}
    }

    @BeforeEach
    void start() throws IOException {
        SourcedPool sourced = new SourcedPool(1, FakeTerms.ofAsked(1, STARTUP, SILENCE), timers);
        pool = sourced.pool();
        supervisor = new Supervisor(
                1,
                new ScriptedLauncher(),
                pool.intake(),
                timers,
                timers,
                STARTUP.toNanos(),
                new Reasons(Changes.NONE, new MemoryWatch(0)),
                pool.tally());
        sourced.reportTo(supervisor);
        supervisor.begin(opened);
    }

    private ScriptedWorker worker(int number) {
        return launched.get(number - 1);
    }

    private FakeClient asks(String method) throws IOException {
        FakeClient client = new FakeClient(method, "/", BodyBuffer.EMPTY);
        pool.submit(client.request(), client.response());
        pool.act(timers.nowNanos());
        return client;
    }

    @Nested
    class AWorkerThatHangs {
        @BeforeEach
        void serve() throws IOException {
            worker(1).connects().isReady();
        }

        @Test
        void isReplacedByASuccessorThatIsReadyFirst() throws IOException {
            timers.advance(SILENCE);
            assertThat(launched).hasSize(2);
            assertThat(worker(1).process().wasKilled()).as("it may come back").isFalse();
            worker(2).connects().isReady();
            assertThat(worker(1).process().wasKilled()).isTrue();
            assertThat(worker(1).control().told())
                    .as("nobody would hear of it")
                    .doesNotContain(String.valueOf(Protocol.QUIT));
        }

        @Test
        void hasAMomentForItsStacks() {
            worker(1).process().tells(STACKS);
            timers.advance(SILENCE);
            assertThat(launched).hasSize(1);
            timers.advance(MOMENT);
            assertThat(launched).hasSize(2);
        }

        @Test
        void isLeftAloneIfItAnswersInThatMoment() {
            worker(1).process().tells(STACKS);
            timers.advance(SILENCE);
            worker(1).says(Protocol.PONG);
            timers.advance(MOMENT);
            assertThat(launched).hasSize(1);
        }

        /** It has come back, and has requests to finish. */
        @Test
        void drainsIfItAnswersBeforeItsSuccessorIsReady() throws IOException {
            asks("POST");
            timers.advance(SILENCE);
            worker(1).says(Protocol.PONG);
            worker(2).connects().isReady();
            assertThat(worker(1).process().wasKilled()).isFalse();
            worker(1).answers(1, "");
            assertThat(worker(1).control().told()).endsWith(String.valueOf(Protocol.QUIT));
        }

        @Test
        void leavesItsRequestsAsADeadOneDoes() throws IOException {
            FakeClient post = asks("POST");
            worker(1).begins(1);
            timers.advance(SILENCE);
            worker(2).connects().isReady();
            worker(1).process().exit(137);
            timers.turn();
            assertThat(post.status()).isEqualTo("502 Bad Gateway");
            assertThat(launched).as("nobody is started beside the successor").hasSize(2);
        }

        /** It would hold its requests for ever. */
        @Test
        void isKilledAlsoIfThereCanBeNoSuccessor() throws IOException {
            timers.advance(SILENCE);
            worker(2).connects().fails("no module", 3);
            assertThat(worker(1).process().wasKilled()).isTrue();
        }

        /** Whatever has kept it from being replaced. */
        @Test
        void isToldOfAgain() throws IOException {
            timers.advance(SILENCE);
            supervisor.reload("asked for", outcome -> {}); // withdraws the successor
            worker(3).connects().fails("no module", 3);
            assertThat(worker(1).process().wasKilled()).isFalse();
            timers.advance(SILENCE);
            assertThat(launched).hasSize(4);
        }
    }

    @Nested
    class AWorkerThatDoesNotCome {
        @BeforeEach
        void isLate() {
            worker(1).process().tells(STACKS);
            timers.advance(STARTUP);
        }

        @Test
        void isGivenUpWithItsStacks() {
            assertThat(opened).isNotDone();
            timers.advance(MOMENT);
            assertThat(opened)
                    .isCompletedWithValue(new LoadFailure(
                            "worker 100 has not loaded the application in 60 seconds (startup_timeout)", STACKS, 1));
            assertThat(worker(1).process().wasKilled()).isTrue();
        }

        @Test
        void isLeftAloneIfItComesInThatMoment() throws IOException {
            worker(1).connects().isReady();
            timers.advance(MOMENT);
            assertThat(opened).isCompletedWithValue(null);
            assertThat(worker(1).process().wasKilled()).isFalse();
        }
    }
}
