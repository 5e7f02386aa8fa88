package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change of the application, and the workers that load it. */
class RolloutTest extends SupervisorFixture {
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
        worker(5).connects().fails("no module", 1);
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
