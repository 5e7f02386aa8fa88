package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueLimitsTest {
    private static QueueLimits of(String name, String value) {
        return QueueLimits.of(Settings.ofText(Map.of(name, value)));
    }

    @Test
    void areNoneUnlessTheyAreGiven() {
        QueueLimits limits = QueueLimits.of(Settings.defaults());
        assertThat(limits).isEqualTo(QueueLimits.NONE);
        assertThat(limits.areReachedBy(Integer.MAX_VALUE)).isFalse();
        assertThat(limits.haveTimeout()).isFalse();
    }

    @Test
    void areReachedBySoManyRequests() {
        QueueLimits limits = of("queue_limit", "3");
        assertThat(limits.areReachedBy(2)).isFalse();
        assertThat(limits.areReachedBy(3)).isTrue();
        assertThat(limits.areReachedBy(4)).isTrue();
    }

    @Test
    void countTimeFromTheArrivalOn() {
        QueueLimits limits = of("queue_timeout", "2");
        assertThat(limits.haveTimeout()).isTrue();
        assertThat(limits.left(500, 500)).isEqualTo(2_000_000_000L);
        assertThat(limits.left(500, 2_000_000_500L)).isZero();
        assertThat(limits.left(500, 2_000_000_501L)).isEqualTo(-1);
    }

    @Test
    void doNotMindAClockThatWraps() {
        QueueLimits limits = of("queue_timeout", "1");
        assertThat(limits.left(Long.MAX_VALUE - 5, Long.MIN_VALUE + 4)).isEqualTo(999_999_990L);
    }
}
