package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Workers from the first to the last; what becomes of single ones is in the tests beside. */
class SupervisorTest extends SupervisorFixture {
    /** One may be replaced every second, for days, and its deadlines are far away. */
    @Test
    void holdsNoWorkerThatIsDead() throws IOException {
        serve();
        exits(1, 137);
        WeakReference<Worker> dead = new WeakReference<>(launched.remove(0).worker());
        for (int i = 0; i < 100 && dead.get() != null; i++) {
            System.gc();
        }
        assertThat(dead.get()).isNull();
    }

    /** Also where it was dismissed, with those that came with it, when its process had ended. */
    @Test
    void holdsNoSuccessorThatIsDead() throws IOException {
        serve();
        change();
        exits(4, 1);
        assertThatNobodyHoldsTheLast();
    }

    @Test
    void holdsNoSuccessorOfOneThatIsDead() throws IOException {
        serve();
        supervisor.renew(worker(1).worker(), Worn.byRequests(500));
        exits(3, 1);
        assertThatNobodyHoldsTheLast();
    }

    private void assertThatNobodyHoldsTheLast() {
        WeakReference<Worker> dead =
                new WeakReference<>(launched.remove(launched.size() - 1).worker());
        for (int i = 0; i < 100 && dead.get() != null; i++) {
            System.gc();
        }
        assertThat(dead.get()).isNull();
    }

    @Nested
    class AtTheStart {
        @Test
        void opensWhenAllAreReady() throws IOException {
            supervisor.begin(opened);
            assertThat(launched).hasSize(WORKERS);
            ready(1);
            assertThat(opened).isNotDone();
            assertThat(worker(1).worker().isReady()).isTrue();
            ready(2);
            assertThat(opened).isCompletedWithValue(null);
            assertThat(worker(1).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void failsIfTheFirstProcessCannotBeStarted() {
            launcher.isBroken = true;
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> supervisor.begin(opened));
        }

        @Test
        void failsIfOneCannotLoadTheApplication() throws IOException {
            supervisor.begin(opened);
            ready(1);
            worker(2).connects().fails("no module", 3);
            assertThat(opened).isCompletedWithValue(new LoadFailure("no module", "", 3));
            assertThat(quits(1)).isTrue();
        }

        @Test
        void failsIfOneDiesBeforeItIsReady() throws IOException {
            supervisor.begin(opened);
            exits(1, 137);
            assertThat(opened)
                    .isCompletedWithValue(LoadFailure.of(
                            "Python (python3) was killed by signal 9 before it had loaded the application"));
            assertThat(worker(2).process().wasKilled()).isTrue();
        }

        @Test
        void failsAsOneSaysRightBeforeItEnds() throws IOException {
            supervisor.begin(opened);
            worker(1).connects().control().sayLast(writer -> {
                writer.tuple(4);
                writer.integer(Protocol.FAILED);
                writer.text("no module");
                writer.text("");
                writer.integer(3);
            });
            exits(1, 3);
            assertThat(opened).isCompletedWithValue(new LoadFailure("no module", "", 3));
        }

        /** Python has said so itself. */
        @Test
        void saysNothingOfAPythonThatIsTooOld() throws IOException {
            supervisor.begin(opened);
            exits(1, Protocol.WRONG_PYTHON);
            assertThat(opened).isCompletedWithValue(LoadFailure.of(""));
        }

        @Test
        void failsIfOneIsLate() throws IOException {
            supervisor.begin(opened);
            ready(1);
            timers.advance(STARTUP);
            assertThat(opened)
                    .isCompletedWithValue(LoadFailure.of(
                            "worker 200 has not loaded the application in 60 seconds (startup_timeout)"));
            assertThat(worker(2).process().wasKilled()).isTrue();
        }

        @Test
        void waitsForAChangeIfOneMayHelp() throws IOException {
            changes.isEmpty = false;
            supervisor.begin(opened);
            worker(1).connects().fails("no module", 1);
            assertThat(opened).isCompletedWithValue(null);
            assertThat(intake.isSuspended()).isTrue();
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).as("nothing else helps").hasSize(WORKERS);
            change();
            assertThat(intake.isSuspended()).isFalse();
            ready(3, 4);
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void welcomesNoStrangers() throws IOException {
            supervisor.begin(opened);
            assertThat(supervisor.stranger(new WorkerDoor.Introduction(9, "requests", "cpython 3.11.7", 1)))
                    .isNull();
        }
    }

    @Nested
    class AtTheEnd {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        @Test
        void replacesNobodyWhereTheProcessEndsUnderIt() {
            supervisor.abandon();
            exits(1, 137);
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(2);
        }

        @Test
        void replacesNobody() {
            assertThat(supervisor.close()).isEmpty();
            assertThat(changes.isClosed).isTrue();
            exits(1, 0);
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(2);
        }

        @Test
        void loadsNothing() {
            change();
            change();
            supervisor.close();
            timers.advance(PATIENCE);
            change();
            assertThat(launched).hasSize(4);
        }

        @Test
        void endsAllThatIsLeft() {
            supervisor.abandon();
            assertThat(launcher.isAbandoned).isTrue();
        }
    }

    @Test
    void watchesWhatWasImported() throws IOException {
        serve();
        worker(1).control().say(writer -> {
            writer.tuple(3);
            writer.integer(Protocol.IMPORTED);
            writer.integer(1234);
            writer.list(1);
            writer.text("/shop.py");
        });
        assertThat(changes.files).containsExactly(Path.of("/shop.py"));
    }
}
