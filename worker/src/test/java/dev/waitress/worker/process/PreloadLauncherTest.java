package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.loop.Leftovers;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.FakeProcess;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.SourcedPool;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor whose workers are forked: what the processes that fork them are told, and what becomes of them. */
class PreloadLauncherTest {
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final int WORKERS = 2;

    /** No system has such a process, so that nobody looks whose child it is. */
    private static final int FIRST_PID = 1_900_000_000;

    @TempDir
    private Path directory;

    private final FakeTimers timers = new FakeTimers();
    private final CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    private final List<ScriptedZygote> zygotes = new ArrayList<>();
    /** Workers, by number, that have a process. */
    private final Map<Integer, Process> alive = new HashMap<>();
    /** The sockets of workers, by number. */
    private final Map<Integer, FakeLink> controls = new HashMap<>();

    private final SourcedPool sourced = new SourcedPool(WORKERS, STARTUP, timers);
    private final PreloadLauncher launcher = new PreloadLauncher(
            new FakeStarter(), sourced.pool(), timers, timers, new Leftovers(), (board, byDescriptor) -> settings());
    private final Supervisor supervisor = new Supervisor(
            WORKERS,
            launcher,
            sourced.pool().intake(),
            timers,
            timers,
            STARTUP.toNanos(),
            new Reasons(Changes.NONE, new MemoryWatch(0)),
            sourced.pool().tally());

    private static MarshalWriter settings() {
        MarshalWriter writer = new MarshalWriter(16);
        writer.dict();
        writer.endDict();
        return writer;
    }

    private final class FakeStarter implements Starter {
        @Override
        public StartedProcess worker(int number) {
            throw new AssertionError("workers are forked");
        }

        @Override
        public StartedProcess zygote(int number) {
            ScriptedZygote zygote = new ScriptedZygote(number);
            zygotes.add(zygote);
            return zygote.process;
        }

        @Override
        public WorkerBoard board(int number) throws IOException {
            return new WorkerBoard(directory.resolve("board-" + number), 1);
        }

        @Override
        public Path stacks(int number) {
            return Path.of("stacks-" + number);
        }

        @Override
        public String command() {
            return "python3";
        }
    }

    /** A process that forks workers, and does what a test says. */
    private final class ScriptedZygote {
        final int number;
        final FakeProcess process;
        final FakeLink control = new FakeLink();

        ScriptedZygote(int number) {
            this.number = number;
            this.process = new FakeProcess(number);
        }

        ScriptedZygote connects() throws IOException {
            var introduction = new WorkerDoor.Introduction(number, "zygote", "cpython 3.11.7", number);
            assertThat(supervisor.welcome(introduction, control)).isTrue();
            assertThat(control.told()).containsExactly("settings");
            return this;
        }

        void says(int... numbers) {
            control.say(writer -> {
                writer.tuple(numbers.length);
                for (int each : numbers) {
                    writer.integer(each);
                }
            });
            timers.turn();
        }

        ScriptedZygote loads() throws IOException {
            connects().says(Protocol.READY);
            return this;
        }

        /** It forks these workers, which load nothing more. */
        void forks(int... workers) throws IOException {
            List<String> told = control.told();
            for (int worker : workers) {
                assertThat(told).contains(Protocol.FORK + " " + worker + " stacks-" + worker);
                says(Protocol.FORKED, worker, pid(worker));
            }
            for (int worker : workers) {
                connect(worker);
            }
        }

        void fails(String message) {
            control.say(failure(message));
            timers.turn();
        }

        /** It says so, and nobody has read that when it ends. */
        void failsLast(String message) {
            control.sayLast(failure(message));
            exits(3);
        }

        private Consumer<MarshalWriter> failure(String message) {
            return writer -> {
                writer.tuple(4);
                writer.integer(Protocol.FAILED);
                writer.text(message);
                writer.text("");
                writer.integer(3);
            };
        }

        void exits(int status) {
            process.exit(status);
            timers.turn();
        }

        boolean quits() {
            return control.told().contains(String.valueOf(Protocol.QUIT));
        }
    }

    private int pid(int worker) {
        Process process = alive.get(worker);
        return process == null ? FIRST_PID + worker : (int) process.pid();
    }

    private void connect(int number) throws IOException {
        Worker worker = worker(number);
        FakeLink control = new FakeLink();
        controls.put(number, control);
        worker.attach("requests", pid(number), new FakeLink());
        worker.attach("control", pid(number), control);
        control.say(writer -> {
            writer.tuple(1);
            writer.integer(Protocol.READY);
        });
        timers.turn();
    }

    private Worker worker(int number) {
        return Objects.requireNonNull(sourced.pool().find(number));
    }

    private boolean isGone(int number) {
        return sourced.pool().find(number) == null;
    }

    private boolean quits(int worker) {
        return Objects.requireNonNull(controls.get(worker)).told().contains(String.valueOf(Protocol.QUIT));
    }

    private ScriptedZygote zygote(int number) {
        return zygotes.get(number - 1);
    }

    @BeforeEach
    void start() throws IOException {
        sourced.reportTo(supervisor);
        supervisor.begin(opened);
    }

    /** The first workers serve. */
    private void serve() throws IOException {
        zygote(1).loads().forks(1, 2);
        assertThat(opened).isCompletedWithValue(null);
    }

    private void reload() {
        supervisor.reload("asked for", told -> {});
    }

    @Nested
    class AtTheStart {
        @Test
        void oneProcessLoadsTheApplicationForAll() throws IOException {
            assertThat(zygotes).hasSize(1);
            zygote(1).connects();
            assertThat(zygote(1).control.told()).as("it is not ready").isEmpty();
            zygote(1).says(Protocol.READY);
            zygote(1).forks(1, 2);
            assertThat(opened).isCompletedWithValue(null);
        }

        @Test
        void itsFailureIsThatOfTheWorkers() throws IOException {
            zygote(1).connects().fails("no module");
            assertThat(opened).isCompletedWithValue(new LoadFailure("no module", "", 3));
            zygote(1).exits(3);
            assertThat(isGone(1) && isGone(2)).isTrue();
        }

        @Test
        void itsFailureIsKnownAlsoWhereItEndsRightAfter() throws IOException {
            zygote(1).connects().failsLast("no module");
            assertThat(opened).isCompletedWithValue(new LoadFailure("no module", "", 3));
            assertThat(zygote(1).control.isOpen()).isFalse();
        }

        @Test
        void itMayTakeAWhileToEndAfterAFailure() throws IOException {
            zygote(1).connects().fails("no module");
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(1).process.wasKilled()).isTrue();
        }

        @Test
        void itsDeathIsThatOfTheWorkers() throws IOException {
            zygote(1).connects().exits(137);
            assertThat(opened)
                    .isCompletedWithValue(LoadFailure.of(
                            "Python (python3) was killed by signal 9 before it had loaded the application"));
            assertThat(isGone(1) && isGone(2)).isTrue();
        }

        @Test
        void whenItHangsItsStacksAreShownAndItIsKilled() throws IOException {
            zygote(1).process.tells("Thread 0x1: in views.py");
            zygote(1).connects();
            timers.advance(STARTUP.plusSeconds(2));
            assertThat(Objects.requireNonNull(opened.join()).story())
                    .contains("worker 1 has not loaded the application in 60 seconds", "in views.py");
            assertThat(zygote(1).process.wasKilled()).isTrue();
        }

        @Test
        void aWorkerThatCannotRunEndsTheStart() throws IOException {
            zygote(1).loads();
            zygote(1).says(Protocol.FORKED, 1, pid(1));
            zygote(1).says(Protocol.EXITED, 1, 3);
            assertThat(opened)
                    .isCompletedWithValue(LoadFailure.of(
                            "Python (python3) ended with status 3 before it had loaded the application"));
        }
    }

    @Nested
    class AWorker {
        @Test
        void hasTheNumberOfItsOwnProcess() throws IOException {
            assertThat(worker(1).pid()).as("it is waited for the zygote").isEqualTo(1);
            zygote(1).loads();
            zygote(1).says(Protocol.FORKED, 1, pid(1));
            assertThat(worker(1).pid()).as("before it connects").isEqualTo(pid(1));
        }

        @Test
        void thatNobodyWaitsForMayComeAndGo() throws IOException {
            serve();
            zygote(1).says(Protocol.FORKED, 9, pid(9));
            zygote(1).says(Protocol.EXITED, 9, 0);
            assertThat(zygote(1).process.wasKilled()).isFalse();
            assertThat(worker(1).pid()).isEqualTo(pid(1));
        }

        @Test
        void mayComeBeforeItIsToldOf() throws IOException {
            zygote(1).loads();
            connect(1);
            assertThat(worker(1).pid()).isEqualTo(pid(1));
            zygote(1).says(Protocol.FORKED, 1, pid(1));
            assertThat(worker(1).isReady()).isTrue();
        }

        @Test
        void isReplacedFromTheSameProcess() throws IOException {
            serve();
            zygote(1).says(Protocol.EXITED, 1, 137);
            assertThat(isGone(1)).isTrue();
            timers.advance(Duration.ofSeconds(1));
            zygote(1).forks(3);
            assertThat(worker(3).isReady()).as("it serves").isFalse();
            assertThat(zygotes).hasSize(1);
        }

        @Test
        void thatIsOrderedAndNeverComesEndsTheProcessThatWasToForkIt() throws IOException {
            serve();
            supervisor.addWorker();
            supervisor.removeWorker();
            timers.advance(Worker.QUIT_LIMIT.minusMillis(1));
            assertThat(zygote(1).process.wasKilled()).isFalse();
            timers.advance(Duration.ofMillis(2));
            assertThat(zygote(1).process.wasKilled()).isTrue();
        }
    }

    @Nested
    class NewCode {
        @Test
        void comesFromANewProcess() throws IOException {
            serve();
            reload();
            assertThat(zygotes).hasSize(2);
            assertThat(quits(1)).isFalse();
            zygote(2).loads().forks(3, 4);
            assertThat(quits(1) && quits(2)).isTrue();
            assertThat(zygote(1).quits()).as("its workers live").isFalse();
            zygote(1).says(Protocol.EXITED, 1, 0);
            zygote(1).says(Protocol.EXITED, 2, 0);
            assertThat(zygote(1).quits()).isTrue();
            timers.advance(Worker.QUIT_LIMIT.minusMillis(1));
            assertThat(zygote(1).process.wasKilled()).as("it may take a while").isFalse();
            timers.advance(Duration.ofMillis(2));
            assertThat(zygote(1).process.wasKilled()).isTrue();
            zygote(1).exits(0);
            assertThat(launcher.running()).contains(zygote(2).process).doesNotContain(zygote(1).process);
        }

        @Test
        void doesNotLeaveAProcessBeforeThatTellsNothingOfItsWorkers() throws IOException {
            serve();
            reload();
            zygote(2).loads().forks(3, 4);
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(1).process.wasKilled())
                    .as("its workers were killed just now")
                    .isFalse();
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(1).process.wasKilled()).isTrue();
            assertThat(zygote(2).process.wasKilled()).isFalse();
        }

        @Test
        void doesNotLeaveAProcessBeforeThatHasToldNothingYet() throws IOException {
            serve();
            worker(1).process().kill();
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(1).process.wasKilled()).as("it may fork the next").isFalse();
            reload();
            zygote(2).loads().forks(3, 4);
            zygote(1).says(Protocol.EXITED, 2, 0);
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(1).process.wasKilled()).isTrue();
        }

        @Test
        void thatCannotBeLoadedLeavesTheProcessBefore() throws IOException {
            serve();
            reload();
            zygote(2).connects().fails("no module");
            zygote(2).exits(1);
            zygote(1).says(Protocol.EXITED, 1, 137);
            timers.advance(Duration.ofSeconds(1));
            zygote(1).forks(5);
            assertThat(zygotes).hasSize(2);
        }

        @Test
        void onItsWayDoesNotGetIntoWhatServes() throws IOException {
            serve();
            reload();
            zygote(2).connects();
            zygote(1).says(Protocol.EXITED, 1, 137);
            timers.advance(Duration.ofSeconds(1));
            zygote(1).forks(5);
        }

        @Test
        void thatWorkersCannotRunEndsWithThem() throws IOException {
            serve();
            reload();
            zygote(2).loads();
            zygote(2).says(Protocol.FORKED, 3, pid(3));
            zygote(2).says(Protocol.FORKED, 4, pid(4));
            zygote(2).says(Protocol.EXITED, 3, 1);
            assertThat(zygote(2).quits()).isFalse();
            zygote(2).says(Protocol.EXITED, 4, 1);
            assertThat(zygote(2).quits()).isTrue();
        }
    }

    @Nested
    class TheDeathOfTheProcess {
        @BeforeEach
        void serveByProcessesThatLive() throws IOException {
            for (int worker = 1; worker <= WORKERS; worker++) {
                Process sleeper = new ProcessBuilder("sleep", "600").start();
                alive.put(worker, sleeper);
                zygote(1).process.hasStarted(sleeper.pid());
            }
            serve();
            zygote(1).exits(137);
        }

        @AfterEach
        void end() {
            alive.values().forEach(Process::destroyForcibly);
        }

        @Test
        void leavesItsWorkersAlone() {
            assertThat(zygotes).hasSize(1);
            assertThat(worker(1).process().pid()).isEqualTo(pid(1));
            assertThat(launcher.running()).hasSize(WORKERS);
        }

        @Test
        void isMadeGoodWhenTheNextWorkerIsNeeded() throws IOException {
            supervisor.addWorker();
            assertThat(zygotes).hasSize(2);
            zygote(2).loads().forks(3);
            assertThat(worker(3).pid()).isEqualTo(pid(3));
        }

        @Test
        void isMadeGoodByAnotherWhereTheNextCannotLoadTheApplication() throws IOException {
            supervisor.addWorker();
            zygote(2).connects().fails("no module");
            supervisor.addWorker();
            assertThat(zygotes).as("one that loads it anew").hasSize(3);
            timers.advance(Worker.QUIT_LIMIT);
            assertThat(zygote(2).process.wasKilled()).as("it may hang").isTrue();
        }

        @Test
        void isNotMadeGoodAnyMoreWhenNobodyWaitsForThat() {
            supervisor.addWorker();
            supervisor.removeWorker();
            timers.turn();
            assertThat(isGone(3)).isTrue();
            assertThat(zygote(2).process.wasKilled()).isTrue();
        }
    }

    @Nested
    class TheEndOfTheServer {
        @Test
        void isThatOfTheProcessOnceItsWorkersHaveEnded() throws IOException {
            serve();
            assertThat(supervisor.close()).hasSize(1 + WORKERS).contains(zygote(1).process);
            zygote(1).says(Protocol.EXITED, 1, 0);
            assertThat(zygote(1).quits()).isFalse();
            zygote(1).says(Protocol.EXITED, 2, 0);
            assertThat(zygote(1).quits()).isTrue();
        }

        @Test
        void isThatOfAProcessWithoutWorkersAtOnce() throws IOException {
            serve();
            supervisor.abandon();
            zygote(1).says(Protocol.EXITED, 1, 0);
            zygote(1).says(Protocol.EXITED, 2, 0);
            assertThat(zygote(1).quits()).isFalse();
            launcher.close();
            assertThat(zygote(1).quits()).isTrue();
        }

        @Test
        void doesNotWaitForOneThatIsStillLoading() throws IOException {
            zygote(1).connects();
            supervisor.close();
            assertThat(zygote(1).process.wasKilled()).isTrue();
        }
    }

    @Test
    void closesTheLeashWithTheProcess() throws IOException {
        FakeLink leash = new FakeLink();
        var introduction = new WorkerDoor.Introduction(1, "zygote-leash", "cpython 3.11.7", 1);
        assertThat(supervisor.welcome(introduction, leash)).isTrue();
        assertThat(zygote(1).process.leash()).isSameAs(leash);
    }

    @Test
    void listensInEachTurnOfTheLoop() throws IOException {
        zygote(1).connects();
        launcher.act(timers.nowNanos());
        assertThat(zygote(1).control.receives()).isEqualTo(1);
        zygote(1).exits(1);
        launcher.act(timers.nowNanos());
        assertThat(zygote(1).control.receives()).as("to one that is there").isEqualTo(1);
    }

    @Test
    void knowsNobodyElse() throws IOException {
        var stranger = new WorkerDoor.Introduction(7, "zygote", "cpython 3.11.7", 1);
        assertThat(supervisor.welcome(stranger, new FakeLink())).isFalse();
        var worker = new WorkerDoor.Introduction(1, "control", "cpython 3.11.7", 1);
        assertThat(supervisor.welcome(worker, new FakeLink())).isFalse();
    }

    @Test
    void endsAProcessThatBreaksTheProtocol() throws IOException {
        zygote(1).connects().says(99);
        assertThat(zygote(1).process.wasKilled()).isTrue();
        assertThat(zygote(1).control.isOpen()).isFalse();
    }
}
