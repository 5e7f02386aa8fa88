package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Rule;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Deadlines deadlines = new Deadlines(30 * SECOND, 240, 0);

    @Test
    void giveAHeadItsTime() {
        assertThat(deadlines.brokenByHead(30 * SECOND - 1)).isNull();
        assertThat(deadlines.brokenByHead(30 * SECOND)).isNull();
        assertThat(deadlines.brokenByHead(30 * SECOND + 1)).isEqualTo(Rule.HEAD_TOO_SLOW);
    }

    @Test
    void letABodyComeSlowlyAtFirst() {
        assertThat(deadlines.brokenByBody(Deadlines.GRACE_NANOS, 0)).isNull();
        assertThat(deadlines.brokenByBody(Deadlines.GRACE_NANOS + 1, 0)).isEqualTo(Rule.BODY_TOO_SLOW);
    }

    @Test
    void wantAnAverageRateOfABody() {
        assertThat(deadlines.brokenByBody(100 * SECOND, 23_999)).isEqualTo(Rule.BODY_TOO_SLOW);
        assertThat(deadlines.brokenByBody(100 * SECOND, 24_000)).isNull();
        assertThat(deadlines.brokenByBody(100 * SECOND, 24_001)).isNull();
    }

    @Test
    void areOffAtZero() {
        Deadlines off = new Deadlines(0, 0, 0);
        assertThat(off.brokenByHead(Long.MAX_VALUE)).isNull();
        assertThat(off.brokenByBody(Long.MAX_VALUE, 0)).isNull();
    }
}
