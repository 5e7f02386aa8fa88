package dev.waitress.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PassageTest {
    private final Passage passage = new Passage();

    @Test
    void letsAFewThroughAndMakesMoreWaitUntilTheyHaveArrived() throws Exception {
        passage.enter(Passage.MOST_BYTES);
        passage.enter(1); // not more than the most are there
        CountDownLatch through = new CountDownLatch(1);
        Thread third = new Thread(() -> {
            passage.enter(1);
            through.countDown();
        });
        third.start();
        while (third.getState() != Thread.State.TIMED_WAITING && through.getCount() > 0) {
            Thread.onSpinWait();
        }
        assertThat(through.getCount()).isOne();
        passage.leave(2);
        assertThat(through.await(10, TimeUnit.SECONDS)).isTrue();
        third.join();
    }

    @Test
    void waitsNotForEverForWhoHasEnded() {
        passage.enter(Passage.MOST_BYTES + 1);
        passage.enter(1);
    }

    @Test
    void costsNothingWithoutBytes() {
        passage.enter(Passage.MOST_BYTES + 1);
        passage.enter(0);
        passage.leave(0);
    }
}
