package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.fakes.SourcedPool;
import dev.waitress.worker.pool.Intake;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.lang.ref.WeakReference;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PROVEN = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int WORKERS = 2;

    @TempDir
    private Path directory;

    private final FakeTimers timers = new FakeTimers();
    private final List<ScriptedWorker> launched = new ArrayList<>();
    private final CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    private final FakeChanges changes = new FakeChanges();
    private final ScriptedLauncher launcher = new ScriptedLauncher();
    private WorkerPool pool;
    private Intake intake;
    private Supervisor supervisor;

    /** Starts scripted workers, unless it is told to fail. */
    private final class ScriptedLauncher implements Launcher {
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

    private static final class FakeChanges implements Changes {
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

    private ScriptedWorker worker(int number) {
        return launched.get(number - 1);
    }

    private void ready(int... numbers) throws IOException {
        for (int number : numbers) {
            worker(number).connects().isReady();
        }
    }

    private void exits(int number, int status) {
        worker(number).process().exit(status);
        timers.turn();
    }

    /** How many workers were replaced, by the reason. */
    private Map<Replacement, Long> replaced() {
        Map<Replacement, Long> replaced = new HashMap<>(pool.tally().counts().replacements());
        replaced.values().removeIf(count -> count == 0);
        return replaced;
    }

    private long counted(Tally.Incident incident) {
        return pool.tally().counts().of(incident);
    }

    private void change() {
        changes.listener.accept("shop.py changed");
        timers.turn();
    }

    /** The first workers serve. */
    private void serve() throws IOException {
        supervisor.begin(opened);
        ready(1, 2);
    }

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

    private boolean quits(int number) {
        return worker(number).control().told().contains(String.valueOf(Protocol.QUIT));
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
    class AWorkerThatDies {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        @Test
        void isReplacedAtOnce() throws IOException {
            exits(1, 139);
            timers.turn();
            assertThat(launched).hasSize(3);
            ready(3);
            assertThat(replaced()).isEqualTo(Map.of(Replacement.DIED, 1L));
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void isReplacedWhereOnlyItsSocketsEnded() {
            worker(1).requests().cut(null);
            timers.turn();
            assertThat(launched).hasSize(3);
            exits(1, 0);
            assertThat(launched).hasSize(3);
        }

        @Test
        void isReplacedEverMoreSlowlyWhileItsSuccessorsDieBeforeTheyAreReady() {
            exits(1, 1);
            timers.turn();
            long delayMillis = 100;
            for (int number = 3; number < 12; number++) {
                exits(number, 1);
                timers.advance(Duration.ofMillis(delayMillis - 1));
                assertThat(launched).hasSize(number);
                timers.advance(Duration.ofMillis(1));
                assertThat(launched).hasSize(number + 1);
                delayMillis = Math.min(10_000, 2 * delayMillis);
            }
        }

        @Test
        void isReplacedAtOnceAgainOnceASuccessorHasServedForAWhile() throws IOException {
            exits(1, 1);
            timers.turn();
            exits(3, 1);
            timers.advance(Duration.ofMillis(100));
            ready(4);
            timers.advance(PROVEN);
            exits(4, 1);
            timers.turn();
            assertThat(launched).hasSize(5);
            exits(5, 1);
            timers.turn();
            assertThat(launched).as("what was before is forgotten").hasSize(6);
        }

        @Test
        void isReplacedAtOnceAgainOnceTheApplicationWasLoadedAgain() throws IOException {
            exits(1, 1);
            timers.turn();
            exits(3, 1);
            supervisor.reload("asked for", Outcome::ignore);
            ready(4, 5);
            exits(4, 1);
            timers.turn();
            assertThat(launched).hasSize(6);
        }

        /** Also if it was ready long before those that came with it. */
        @Test
        void isNoFailureIfItHasServedForAWhile() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            ready(3);
            timers.advance(PROVEN);
            ready(4);
            timers.advance(PROVEN);
            for (int number = 3; number < 5; number++) {
                exits(number, 1);
                timers.turn();
                assertThat(launched).hasSize(number + 2);
            }
        }

        /** What it runs kills it now and then, but it is of use. */
        @Test
        void isNoFailureIfItHasAnswered() throws IOException {
            supervisor.removeWorker();
            for (int number = 1; number < 9; number = launched.size()) {
                FakeClient client = new FakeClient("/");
                pool.submit(client.request(), client.response());
                pool.act(timers.nowNanos());
                worker(number).answers(1, "");
                int before = launched.size();
                exits(number, 1);
                timers.turn();
                assertThat(launched).as("at once").hasSize(before + 1);
                ready(launched.size());
            }
        }

        @Test
        void isReplacedEverMoreSlowlyWhileItsSuccessorsDieSoon() throws IOException {
            timers.advance(PROVEN);
            exits(1, 1);
            timers.turn();
            ready(3);
            timers.advance(PROVEN.minusMillis(1));
            exits(3, 1);
            timers.turn();
            ready(4);
            exits(4, 1);
            timers.advance(Duration.ofMillis(99));
            assertThat(launched).hasSize(4);
            timers.advance(Duration.ofMillis(1));
            assertThat(launched).hasSize(5);
        }

        /** They would wait for long. */
        @Test
        void makesRequestsBeRefusedOnceItsSuccessorsCrashAgainAndAgain() throws IOException {
            exits(2, 1);
            exits(1, 1);
            timers.turn();
            for (int number = 3; !intake.isSuspended(); number++) {
                assertThat(number).isLessThan(12);
                timers.advance(Duration.ofSeconds(1));
                ready(number);
                exits(number, 1);
            }
            assertThat(launched.size()).isGreaterThan(6);
            timers.advance(Duration.ofSeconds(10));
            ready(launched.size());
            assertThat(intake.isSuspended()).isFalse();
        }

        @Test
        void isReplacedLaterIfNoProcessCanBeStarted() {
            launcher.isBroken = true;
            exits(1, 1);
            timers.advance(Duration.ofSeconds(1));
            assertThat(launched).hasSize(2);
            launcher.isBroken = false;
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(3);
        }

        @Test
        void refusesNobodyAsLongAsAnotherServes() {
            exits(1, 1);
            timers.turn();
            exits(3, 1);
            assertThat(intake.isSuspended()).isFalse();
        }

        @Test
        void refusesAllOnceNobodyServesAndNoSuccessorLoads() throws IOException {
            exits(1, 1);
            exits(2, 1);
            timers.turn();
            assertThat(intake.isSuspended()).isFalse();
            exits(3, 1);
            assertThat(intake.isSuspended()).isTrue();
            timers.advance(Duration.ofSeconds(1));
            ready(launched.size());
            assertThat(intake.isSuspended()).isFalse();
        }

        @Test
        void isReplacedOnceIfItsSuccessorIsLate() {
            exits(1, 1);
            timers.turn();
            timers.advance(STARTUP);
            assertThat(worker(3).process().wasKilled()).isTrue();
            exits(3, 137);
            timers.advance(Duration.ofMillis(100));
            assertThat(launched).hasSize(4);
        }

        /** It was loaded before, and may be again. */
        @Test
        void isReplacedIfItsSuccessorCannotLoadTheApplication() throws IOException {
            exits(1, 1);
            timers.turn();
            worker(3).connects().fails("no module", 1);
            exits(3, 1);
            timers.advance(Duration.ofMillis(100));
            assertThat(launched).hasSize(4);
        }
    }

    @Nested
    class AWorkerThatIsToBeRenewed {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        private void renew(int number) {
            supervisor.renew(worker(number).worker(), Worn.byRequests(500));
        }

        @Test
        void servesUntilItsSuccessorIsReady() throws IOException {
            renew(1);
            assertThat(launched).hasSize(3);
            assertThat(quits(1)).isFalse();
            ready(3);
            assertThat(quits(1)).isTrue();
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
            exits(1, 0);
            timers.turn();
            assertThat(launched).hasSize(3);
            assertThat(replaced()).isEqualTo(Map.of(Replacement.MAX_REQUESTS, 1L));
        }

        @Test
        void mayTakeTooMuchMemory() throws IOException {
            supervisor.tooLarge(worker(2).process().pid());
            supervisor.tooLarge(4711);
            assertThat(launched).hasSize(3);
            ready(3);
            assertThat(quits(2)).isTrue();
            assertThat(quits(1)).isFalse();
            assertThat(launched).hasSize(3);
        }

        @Test
        void isOneAtATime() throws IOException {
            renew(1);
            renew(2);
            assertThat(launched).hasSize(3);
            ready(3);
            assertThat(launched).hasSize(4);
            assertThat(quits(2)).isFalse();
            ready(4);
            assertThat(quits(2)).isTrue();
        }

        @Test
        void isRenewedOnceHoweverOftenItIsAskedFor() throws IOException {
            renew(2);
            renew(1);
            renew(1);
            renew(2);
            ready(3);
            ready(4);
            renew(1);
            assertThat(launched).hasSize(4);
        }

        @Test
        void goesOnIfItsSuccessorCannotLoadTheApplication() throws IOException {
            renew(1);
            worker(3).connects().fails("no module", 1);
            exits(3, 1);
            assertThat(quits(1)).isFalse();
            timers.advance(PAUSE.minusMillis(1));
            assertThat(launched).hasSize(3);
            timers.advance(Duration.ofMillis(1));
            assertThat(launched).hasSize(4);
            ready(4);
            assertThat(quits(1)).isTrue();
        }

        @Test
        void goesOnIfItsSuccessorDies() throws IOException {
            renew(1);
            exits(3, 137);
            assertThat(quits(1)).isFalse();
            timers.advance(PAUSE);
            ready(4);
            assertThat(quits(1)).isTrue();
        }

        @Test
        void goesOnIfNoProcessCanBeStarted() throws IOException {
            launcher.isBroken = true;
            renew(1);
            launcher.isBroken = false;
            assertThat(quits(1)).isFalse();
            timers.advance(PAUSE);
            ready(3);
            assertThat(quits(1)).isTrue();
        }

        @Test
        void goesOnIfItsSuccessorIsLate() throws IOException {
            renew(1);
            timers.advance(STARTUP);
            assertThat(worker(3).process().wasKilled()).isTrue();
            exits(3, 137);
            assertThat(quits(1)).isFalse();
            timers.advance(PAUSE);
            assertThat(launched).hasSize(4);
        }

        @Test
        void mayDieBefore() throws IOException {
            timers.advance(PROVEN);
            renew(1);
            exits(1, 139);
            timers.turn();
            assertThat(launched).as("another one, which may be ready sooner").hasSize(4);
            ready(3);
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
            assertThat(worker(4).process().wasKilled()).as("too many").isTrue();
        }

        @Test
        void isReplacedWithAllOthersIfTheApplicationIsLoadedAgain() throws IOException {
            renew(1);
            renew(2);
            supervisor.reload("asked for", Outcome::ignore);
            assertThat(worker(3).process().wasKilled()).isTrue();
            ready(4, 5);
            assertThat(quits(1)).isTrue();
            assertThat(quits(2)).isTrue();
            timers.advance(PAUSE);
            assertThat(launched).hasSize(5);
        }

        @Test
        void waitsUntilTheApplicationIsLoaded() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            renew(1);
            worker(3).connects().fails("no module", 1);
            assertThat(launched).hasSize(5);
            ready(5);
            assertThat(quits(1)).isTrue();
            assertThat(quits(2)).isFalse();
        }
    }

    @Nested
    class TheNumberOfWorkers {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        @Test
        void grows() throws IOException {
            supervisor.addWorker();
            ready(3);
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
            exits(3, 1);
            timers.turn();
            assertThat(launched).hasSize(4);
        }

        @Test
        void shrinks() {
            supervisor.removeWorker();
            assertThat(quits(2)).isTrue();
            exits(2, 0);
            timers.turn();
            assertThat(launched).hasSize(2);
        }

        @Test
        void shrinksByOneThatDoesNotServe() {
            exits(1, 1);
            supervisor.removeWorker();
            assertThat(quits(2)).isFalse();
            assertThat(worker(3).process().wasKilled())
                    .as("it was to take the place of the first")
                    .isTrue();
        }

        @Test
        void shrinksByOneThatIsStillToBeStarted() {
            exits(1, 1);
            timers.turn();
            exits(3, 1);
            supervisor.removeWorker();
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(3);
            assertThat(quits(2)).isFalse();
        }

        @Test
        void isNeverNone() {
            assertThat(supervisor.removeWorker()).isEqualTo(Outcome.done("one worker less, 1 from now on"));
            assertThat(supervisor.removeWorker()).isEqualTo(Outcome.refused("the last worker stays"));
            assertThat(quits(1)).isFalse();
        }

        @Test
        void isTold() {
            assertThat(supervisor.addWorker()).isEqualTo(Outcome.done("one more worker, 3 from now on"));
        }

        @Test
        void staysOnceTheServerEnds() {
            supervisor.close();
            assertThat(supervisor.addWorker().isDone()).isFalse();
            assertThat(supervisor.removeWorker().isDone()).isFalse();
            assertThat(launched).hasSize(2);
        }

        @Test
        void growsWhileTheApplicationIsLoaded() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            supervisor.addWorker();
            ready(3, 4);
            assertThat(quits(1)).isFalse();
            ready(5);
            assertThat(quits(1)).isTrue();
            assertThat(worker(5).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void growsAlsoIfItThenCannotBeLoaded() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            supervisor.addWorker();
            worker(3).connects().fails("no module", 1);
            timers.turn();
            assertThat(launched).hasSize(6);
            ready(6);
            assertThat(worker(6).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void growsAlsoIfNobodyCouldWatchAProcessThen() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            launcher.isShortOfThreads = true;
            supervisor.addWorker();
            launcher.isShortOfThreads = false;
            timers.turn();
            ready(5);
            assertThat(worker(5).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void shrinksWhileTheApplicationIsLoaded() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            ready(3);
            supervisor.removeWorker();
            assertThat(worker(4).process().wasKilled()).isTrue();
            assertThat(quits(1)).as("the others are ready").isTrue();
            assertThat(quits(2)).isTrue();
        }

        @Test
        void letsTheNextBeRenewedWhereItShrinksByOneThatIs() throws IOException {
            supervisor.renew(worker(2).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            assertThat(launched).hasSize(3);
            supervisor.removeWorker();
            assertThat(launched).hasSize(4);
            ready(4);
            assertThat(quits(1)).isTrue();
        }

        @Test
        void shrinksByOneThatIsBeingRenewed() throws IOException {
            supervisor.renew(worker(2).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            supervisor.removeWorker();
            assertThat(worker(3).process().wasKilled()).isTrue();
            assertThat(quits(2)).isTrue();
            supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            assertThat(launched).hasSize(4);
        }
    }

    @Nested
    class AReloadThatIsAskedFor {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        /** Its application may take long to load. */
        @Test
        void isToldOnceAlsoWhereAChangeHasOvertakenAnother() throws IOException {
            List<Outcome> told = new ArrayList<>();
            change();
            change();
            supervisor.reload("asked for", told::add);
            timers.advance(PATIENCE);
            ready(5, 6);
            assertThat(told).hasSize(1);
            change();
            change();
            ready(7, 8);
            ready(9, 10);
            assertThat(told).hasSize(1);
        }

        /** Its application may take long to load. */
        @Test
        void isLoadedToItsEndAlsoWhenAnotherFollows() throws IOException {
            supervisor.reload("asked for", Outcome::ignore);
            supervisor.reload("asked for", Outcome::ignore);
            timers.advance(PATIENCE);
            assertThat(launched).hasSize(4);
            ready(3, 4);
            assertThat(launched).hasSize(6);
            ready(5, 6);
            assertThat(quits(3)).isTrue();
        }

        @Test
        void isToldWhenItServes() throws IOException {
            List<Outcome> told = new ArrayList<>();
            supervisor.reload("asked for", told::add);
            ready(3);
            assertThat(told).isEmpty();
            ready(4);
            assertThat(told).containsExactly(Outcome.done("The application was loaded again, workers 300, 400 serve"));
            assertThat(replaced()).isEqualTo(Map.of(Replacement.RELOAD, 2L));
            assertThat(counted(Tally.Incident.RELOAD)).isEqualTo(1);
            exits(1, 0);
            exits(2, 0);
            assertThat(replaced()).as("they were to end").isEqualTo(Map.of(Replacement.RELOAD, 2L));
        }

        @Test
        void isToldWhenItCannotBeLoaded() throws IOException {
            List<Outcome> told = new ArrayList<>();
            supervisor.reload("asked for", told::add);
            worker(3).connects().fails("no module", 1);
            assertThat(replaced()).isEmpty();
            assertThat(counted(Tally.Incident.RELOAD)).isZero();
            assertThat(counted(Tally.Incident.RELOAD_FAILED)).isEqualTo(1);
            assertThat(told).singleElement().satisfies(outcome -> {
                assertThat(outcome.isDone()).isFalse();
                assertThat(outcome.message())
                        .startsWith("Cannot load the application, what was loaded before goes on:\nno module");
            });
        }

        /** What was loaded when somebody asks may be older than what he asks for. */
        @Test
        void isToldOfTheLoadingThatBeginsAfterIt() throws IOException {
            List<String> told = new ArrayList<>();
            supervisor.reload("asked for", outcome -> told.add("first"));
            supervisor.reload("asked for", outcome -> told.add("second"));
            ready(3, 4);
            assertThat(told).containsExactly("first");
            ready(5, 6);
            assertThat(told).containsExactly("first", "second");
        }

        @Test
        void isRefusedOnceTheServerEnds() {
            List<Outcome> told = new ArrayList<>();
            supervisor.close();
            supervisor.reload("asked for", told::add);
            assertThat(told).containsExactly(Outcome.refused("the server ends"));
        }

        /** Nobody needs to know that they have not loaded it. */
        @Test
        void isGivenUpInSilenceWhenTheServerEnds() {
            supervisor.reload("asked for", Outcome::ignore);
            supervisor.close();
            exits(3, 137);
            assertThat(quits(4)).isFalse();
            assertThat(launched).hasSize(4);
        }

        /** Its end is not waited for any more. */
        @Test
        void isFollowedByNoRenewalWhenTheServerEnds() throws IOException {
            supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            worker(3).connects().fails("no module", 1);
            supervisor.close();
            timers.advance(PAUSE);
            assertThat(launched).hasSize(3);
        }

        @Test
        void isNothingWhenTheServerEnds() {
            supervisor.close();
            supervisor.reload("asked for", Outcome::ignore);
            supervisor.addWorker();
            supervisor.removeWorker();
            supervisor.renew(worker(1).worker(), new Worn(Replacement.MAX_WORKER_AGE, "is old"));
            assertThat(launched).hasSize(2);
            assertThat(quits(2)).isFalse();
        }
    }

    @Nested
    class AChange {
        @BeforeEach
        void begin() throws IOException {
            serve();
        }

        @Test
        void leadsToSuccessorsThatTakeOverTogether() throws IOException {
            change();
            assertThat(launched).hasSize(4);
            ready(3);
            assertThat(quits(1)).isFalse();
            assertThat(worker(3).worker().isReady()).isTrue();
            ready(4);
            assertThat(quits(1)).isTrue();
            assertThat(quits(2)).isTrue();
            assertThat(worker(3).worker().isReady()).as("it serves").isFalse();
        }

        @Test
        void leavesWhatServesIfItCannotBeLoaded() throws IOException {
            change();
            ready(3);
            worker(4).connects().fails("no module", 1);
            assertThat(quits(1)).isFalse();
            assertThat(quits(3)).isTrue();
            assertThat(quits(4)).isTrue();
            assertThat(intake.isSuspended()).isFalse();
        }

        @Test
        void leavesWhatServesIfNoProcessCanBeStarted() {
            launcher.isBroken = true;
            change();
            assertThat(quits(1)).isFalse();
            launcher.isBroken = false;
            change();
            assertThat(launched).hasSize(4);
        }

        @Test
        void leavesWhatServesIfNobodyCouldWatchAProcess() {
            launcher.isShortOfThreads = true;
            change();
            assertThat(quits(1)).isFalse();
            launcher.isShortOfThreads = false;
            change();
            assertThat(launched).hasSize(4);
        }

        @Test
        void thatComesWhileOneIsLoadedIsLoadedNext() throws IOException {
            change();
            change();
            assertThat(launched).hasSize(4);
            ready(3, 4);
            assertThat(launched).hasSize(6);
            ready(5, 6);
            assertThat(quits(3)).isTrue();
            assertThat(launched).hasSize(6);
        }

        @Test
        void doesNotWaitForeverForTheOneBefore() {
            change();
            change();
            timers.advance(PATIENCE.minusMillis(1));
            change();
            assertThat(launched).hasSize(4);
            timers.advance(Duration.ofMillis(1));
            assertThat(launched).hasSize(6);
            assertThat(worker(3).process().wasKilled()).isTrue();
            timers.advance(PATIENCE);
            assertThat(launched).hasSize(6);
        }

        @Test
        void isNotOvertakenOnceItHasTakenOver() throws IOException {
            change();
            change();
            ready(3, 4);
            ready(5, 6);
            timers.advance(PATIENCE);
            assertThat(launched).hasSize(6);
        }

        /** The one that dies is replaced on its own; the successor goes on to come. */
        @Test
        void goesOnWhereAWorkerDiesMeanwhile() throws IOException {
            change();
            exits(1, 1);
            timers.turn();
            assertThat(launched).hasSize(5);
            ready(3, 4);
            assertThat(worker(5).process().wasKilled()).isTrue();
            assertThat(quits(2)).isTrue();
            exits(5, 137);
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(5);
        }

        /** All that served have died meanwhile, and none could be replaced. */
        @Test
        void endsTheRefusalOfRequests() throws IOException {
            change();
            exits(1, 1);
            exits(2, 1);
            timers.turn();
            exits(5, 1);
            assertThat(intake.isSuspended()).isTrue();
            ready(3, 4);
            assertThat(intake.isSuspended()).isFalse();
        }

        @Test
        void isGivenUpWhereASuccessorDies() throws IOException {
            change();
            ready(3);
            exits(4, 1);
            assertThat(quits(3)).isTrue();
            timers.advance(Duration.ofSeconds(10));
            assertThat(launched).hasSize(4);
        }

        @Test
        void isGivenUpWhereASuccessorIsLate() throws IOException {
            change();
            ready(3);
            timers.advance(STARTUP);
            assertThat(quits(3)).isTrue();
            assertThat(worker(4).process().wasKilled()).isTrue();
            assertThat(quits(1)).isFalse();
        }

        /** Its sockets end first, its process when it will. */
        @Test
        void waitsForTheProcessOfASuccessorThatDies() throws IOException {
            change();
            ready(3, 4);
            change();
            worker(5).connects().requests().cut(null);
            ready(6);
            assertThat(quits(6)).isFalse();
            exits(5, 1);
            assertThat(quits(6)).isTrue();
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
