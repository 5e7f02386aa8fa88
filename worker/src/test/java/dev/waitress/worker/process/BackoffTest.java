package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff();

    private long[] delays(int count) {
        return LongStream.generate(backoff::delayNanos)
                .limit(count)
                .map(TimeUnit.NANOSECONDS::toMillis)
                .toArray();
    }

    @Test
    void comeAtOnceThenEverLater() {
        assertThat(delays(10)).containsExactly(0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000);
    }

    @Test
    void comeAtOnceAfterASuccess() {
        delays(3);
        backoff.succeeded();
        assertThat(delays(2)).containsExactly(0, 100);
    }

    @Test
    void areNeverRetriedAtOnce() {
        assertThat(backoff.retryNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        delays(2);
        assertThat(backoff.retryNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
    }
}
