package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.worker.pool.Worn;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker that is to be renewed, and its successor. */
class RenewalTest extends SupervisorFixture {
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
