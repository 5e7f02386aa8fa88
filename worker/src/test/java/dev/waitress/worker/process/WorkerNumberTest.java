package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.worker.pool.Worn;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many workers there are, as operators change it. */
class WorkerNumberTest extends SupervisorFixture {
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
