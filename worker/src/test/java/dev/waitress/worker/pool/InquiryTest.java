package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of workers when somebody asks. */
class InquiryTest {
    private static final String STACKS = String.valueOf(Protocol.STACKS);
    private static final Duration PATIENCE = Duration.ofNanos(Inquiry.PATIENCE_NANOS);

    private static final Duration MOMENT = Duration.ofNanos(Inquiry.MOMENT_NANOS);

    @TempDir
    private Path directory;

    private PoolFixture fixture;
    private final List<Inspection> told = new ArrayList<>();

    @BeforeEach
    void start() {
        fixture = new PoolFixture(directory, 2);
    }

    private void ask(boolean withStacks) {
        fixture.pool.inspect(withStacks, told::add);
    }

    private Inspection answer() {
        assertThat(told).hasSize(1);
        return told.remove(0);
    }

    private WorkerStatus only() {
        List<WorkerStatus> workers = answer().workers();
        assertThat(workers).hasSize(1);
        return workers.get(0);
    }

    /** It says what a thread does. */
    private static void says(ScriptedWorker worker, String thread, int id, String stack) {
        worker.control().say(writer -> {
            writer.tuple(2);
            writer.integer(Protocol.STACKS_TAKEN);
            writer.list(1);
            writer.tuple(3);
            writer.text(thread);
            writer.integer(id);
            writer.text(stack);
        });
    }

    @Nested
    class OfWhatTheFrontKnows {
        @Test
        void isToldAtOnce() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            fixture.ask("/slow?x=1");
            fixture.ask("/next");
            fixture.turn();
            worker.begins(1);
            fixture.timers.advance(Duration.ofSeconds(12));
            ask(false);
            assertThat(worker.control().told()).doesNotContain(STACKS);
            assertThat(only())
                    .isEqualTo(new WorkerStatus(
                            1,
                            100,
                            "serving",
                            Duration.ofSeconds(12).toNanos(),
                            0,
                            1,
                            false,
                            List.of(new Occupation(
                                    "waitress-0",
                                    "GET /slow?x=1",
                                    Duration.ofSeconds(12).toNanos(),
                                    ""))));
        }

        @Test
        void leavesOutWhatIsAnswered() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            fixture.ask("/");
            fixture.turn();
            worker.begins(1);
            worker.answers(1, "");
            ask(false);
            WorkerStatus status = only();
            assertThat(status.answered()).isEqualTo(1);
            assertThat(status.occupations()).isEmpty();
        }

        @Test
        void namesTheStateOfEach() throws IOException {
            fixture.worker(1);
            fixture.worker(2).connects().isReady();
            fixture.serving(3);
            ScriptedWorker draining = fixture.serving(4);
            fixture.ask("/");
            fixture.ask("/");
            fixture.turn();
            draining.worker().retire();
            fixture.serving(5).worker().quit();
            ScriptedWorker dead = fixture.serving(6);
            dead.worker().die();
            ask(false);
            assertThat(answer().workers().stream().map(WorkerStatus::state))
                    .containsExactly("starting", "ready", "serving", "draining", "quitting");
        }

        @Test
        void countsThoseThatWaitForAWorker() {
            fixture.ask("/");
            FakeClient second = fixture.ask("/");
            assertThat(second.response().hasEnded()).isFalse();
            ask(false);
            assertThat(answer()).isEqualTo(new Inspection(List.of(), 2, Tally.Counts.NONE));
        }
    }

    @Nested
    class OfStacks {
        private ScriptedWorker worker;

        @BeforeEach
        void serve() throws IOException {
            worker = fixture.serving(1);
        }

        @Test
        void waitsForTheWorkersAnswer() throws IOException {
            fixture.ask("/slow");
            fixture.turn();
            worker.begins(1);
            ask(true);
            assertThat(worker.control().told()).containsExactly(STACKS);
            assertThat(told).isEmpty();
            says(worker, "waitress-1", 1, "in sleep");
            WorkerStatus status = only();
            assertThat(status.isSilent()).isFalse();
            assertThat(status.occupations()).containsExactly(new Occupation("waitress-1", "GET /slow", 0, "in sleep"));
        }

        @Test
        void tellsAlsoOfThreadsThatRunNoRequest() {
            ask(true);
            says(worker, "MainThread", 0, "in wait");
            assertThat(only().occupations()).containsExactly(new Occupation("MainThread", "", 0, "in wait"));
        }

        @Test
        void doesNotWaitForEverAndSaysForWhom() throws IOException {
            ScriptedWorker hanging = fixture.serving(2);
            fixture.ask("/one");
            fixture.ask("/two");
            fixture.turn();
            hanging.begins(1);
            ask(true);
            says(worker, "MainThread", 0, "in wait");
            fixture.timers.advance(PATIENCE.minusNanos(1));
            assertThat(told).isEmpty();
            fixture.timers.advance(Duration.ofNanos(1));
            List<WorkerStatus> workers = answer().workers();
            assertThat(workers.stream().map(WorkerStatus::isSilent)).containsExactly(false, true);
            assertThat(workers.get(1).occupations())
                    .as("what the front knows")
                    .containsExactly(new Occupation("waitress-0", "GET /two", PATIENCE.toNanos(), ""));
        }

        /** Its Python writes them also where none of its threads can answer. */
        @Test
        void isAskedForByASignalWhereThereIsNoAnswer() throws IOException {
            fixture.ask("/slow");
            fixture.turn();
            worker.begins(1);
            worker.process().tells("Thread 1: in match");
            ask(true);
            fixture.timers.advance(PATIENCE);
            assertThat(told).isEmpty();
            fixture.timers.advance(MOMENT);
            assertThat(only().occupations())
                    .containsExactly(
                            new Occupation(
                                    "waitress-0",
                                    "GET /slow",
                                    PATIENCE.plus(MOMENT).toNanos(),
                                    ""),
                            new Occupation("all threads, at a signal", "", 0, "Thread 1: in match"));
        }

        @Test
        void isAskedForByASignalWhereTheApplicationIsLoaded() throws IOException {
            ScriptedWorker starting = fixture.worker(2).connects();
            starting.process().tells("Thread 1: in import");
            ask(true);
            says(worker, "MainThread", 0, "in wait");
            fixture.timers.advance(MOMENT);
            List<WorkerStatus> workers = answer().workers();
            assertThat(workers.get(1).state()).isEqualTo("starting");
            assertThat(workers.get(1).isSilent()).isFalse();
            assertThat(workers.get(1).occupations())
                    .containsExactly(new Occupation("all threads, at a signal", "", 0, "Thread 1: in import"));
        }

        @Test
        void isNotToldTwice() {
            ask(true);
            says(worker, "MainThread", 0, "in wait");
            says(worker, "MainThread", 0, "in wait");
            fixture.timers.advance(PATIENCE);
            assertThat(told).hasSize(1);
        }

        @Test
        void doesNotAskWhoCannotAnswer() throws IOException {
            ScriptedWorker starting = fixture.worker(2).connects();
            starting.control().told();
            ask(true);
            assertThat(starting.control().told()).isEmpty();
            says(worker, "MainThread", 0, "in wait");
            assertThat(answer().workers().stream().map(WorkerStatus::isSilent)).containsExactly(false, false);
        }

        @Test
        void doesNotTellOfTheDead() {
            ask(true);
            worker.worker().die();
            fixture.timers.advance(PATIENCE);
            assertThat(answer().workers()).isEmpty();
        }

        @Test
        void isToldAtOnceIfThereIsNobody() {
            worker.worker().die();
            ask(true);
            assertThat(answer().workers()).isEmpty();
        }
    }
}
