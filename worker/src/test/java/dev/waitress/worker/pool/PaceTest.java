package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Tally;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int THREADS = 2;
    private static final long MILLISECOND = 1_000_000;

    private final Tally tally = new Tally();
    private final Pace pace = new Pace(THREADS, tally);

    @Test
    void letsAWorkerHoldTwiceAsManyWithEachAnswerInTime() {
        assertThat(pace.most()).isEqualTo(THREADS + 16);
        pace.answered(0);
        assertThat(pace.most()).isEqualTo(THREADS + 32);
        for (int i = 0; i < 10; i++) {
            pace.answered(0);
        }
        assertThat(pace.most()).isEqualTo(THREADS + 1024);
    }

    @Test
    void givesAStalledWorkerNoMoreThanItsThreads() {
        pace.answered(0);
        pace.stalled(0);
        assertThat(pace.isStalled()).isTrue();
        assertThat(pace.most()).isEqualTo(THREADS);
    }

    /** The answer that ends a stall was late. */
    @Test
    void beginsAnewAfterAStall() {
        pace.stalled(0);
        pace.answered(0);
        assertThat(pace.isStalled()).isFalse();
        assertThat(pace.most()).isEqualTo(THREADS);
        pace.answered(0);
        assertThat(pace.most()).isEqualTo(THREADS + 16);
    }

    @Test
    void countsFromTheLastThatHappened() {
        pace.begins(5);
        assertThat(pace.left(5)).isEqualTo(MILLISECOND);
        assertThat(pace.left(MILLISECOND + 5)).isZero();
        pace.answered(7);
        assertThat(pace.left(7)).isEqualTo(MILLISECOND);
        pace.stalled(9);
        assertThat(pace.left(9)).isEqualTo(MILLISECOND);
    }

    @Test
    void waitsLongerOnceEveryThreadWasLetGoOn() {
        pace.stalled(0);
        assertThat(pace.patienceNanos()).isEqualTo(MILLISECOND);
        pace.stalled(0);
        assertThat(pace.patienceNanos()).isEqualTo(50 * MILLISECOND);
        assertThat(tally.counts().incidents()).containsEntry(Tally.Incident.TAKEOVER, 2L);
        pace.answered(0);
        assertThat(pace.patienceNanos()).isEqualTo(MILLISECOND);
    }
}
