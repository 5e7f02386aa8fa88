package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.worker.fakes.FakeClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker that dies, and the one that takes its place. */
class DyingWorkerTest extends SupervisorFixture {
    private static final int KILLED = 128 + 9;

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
        worker(3).connects().fails("no module", 1);
        exits(3, 1);
        assertThat(intake.isSuspended()).isTrue();
        timers.advance(Duration.ofSeconds(1));
        ready(launched.size());
        assertThat(intake.isSuspended()).isFalse();
    }

    /** It was killed, and its successor may load the application. */
    @Test
    void refusesNobodyWhenASuccessorDiesBeforeItCanSayAnything() throws IOException {
        exits(1, 1);
        exits(2, 1);
        timers.turn();
        exits(3, KILLED);
        assertThat(intake.isSuspended()).isFalse();
        timers.advance(Duration.ofSeconds(1));
        ready(launched.size());
        assertThat(intake.isSuspended()).isFalse();
    }

    @Test
    void refusesAllOnceSuccessorsDieAgainAndAgainBeforeTheyCanSayAnything() {
        exits(1, 1);
        exits(2, 1);
        timers.turn();
        for (int number = 3; !intake.isSuspended(); number++) {
            assertThat(number).isLessThan(12);
            exits(number, KILLED);
            timers.advance(Duration.ofSeconds(1));
        }
        assertThat(launched.size()).isGreaterThan(6);
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
