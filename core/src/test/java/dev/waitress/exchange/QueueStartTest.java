package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Settings;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It is 1800000002.500 s; requests come from 10.0.0.1. */
class QueueStartTest {
    private static final long NOW_MILLIS = 1_800_000_002_500L;
    private static final Offset<Long> ROUNDING = Offset.offset(TimeUnit.MICROSECONDS.toNanos(2));

    private static long waited(String proxy, String header, String field) {
        QueueStart start = new QueueStart(
                Settings.ofText(Map.of("trusted_proxy", proxy, "queue_start_header", header)), () -> NOW_MILLIS);
        return start.waitedNanos(Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"));
    }

    private static long waited(String value) {
        return waited("10.0.0.1", "X-Request-Start", "x-request-START: " + value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1800000000",
                "t=1800000000",
                "t=1800000000.000",
                "1800000000000",
                "1800000000000.0",
                "t=1800000000000000",
                "1800000000000000000"
            })
    void isReadInWhateverUnitItIs(String value) {
        assertThat(waited(value)).isCloseTo(TimeUnit.MILLISECONDS.toNanos(2500), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "t=",
                "-1800000000",
                "18000000001",
                "1800000003",
                "1799996400",
                "1e9",
                "1800000000, 1",
                "12345678",
                "18000000000000000000"
            })
    void doesNotCountWhereItMakesNoSense(String value) {
        assertThat(waited(value)).isZero();
    }

    @Test
    void isBelievedFromTrustedProxiesAlone() {
        assertThat(waited("10.0.0.2", "X-Request-Start", "X-Request-Start: 1800000000"))
                .isZero();
    }

    @Test
    void isWhatThisFieldSays() {
        assertThat(waited("10.0.0.1", "X-Queue-Start", "X-Request-Start: 1800000000"))
                .isZero();
        assertThat(waited("10.0.0.1", "X-Queue-Start", "X-Queue-Start: 1800000000"))
                .isPositive();
        assertThat(QueueStart.NONE.waitedNanos(Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n")))
                .isZero();
    }

    @Test
    void wantsAProxyToBelieve() {
        Settings settings = Settings.ofText(Map.of("queue_start_header", "X-Request-Start"));
        assertThatThrownBy(settings::requireConsistent)
                .hasMessage("queue_start_header has no meaning without setting trusted_proxy");
    }
}
