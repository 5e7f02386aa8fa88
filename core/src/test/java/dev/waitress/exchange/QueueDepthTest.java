package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueDepthTest {
    /** Arrivals as {@code milliseconds:waiting}. */
    @ParameterizedTest
    @CsvSource({
        "0:-3 1:0, ''",
        "0:1 1:2 2:3, 1 2 3",
        "0:1 1:2 2:1 3:2 4:3, 1 2 3",
        "0:2 999:2, 2",
        "0:2 1000:2, 2 2",
        "0:2 1001:1 1002:2 1003:3, 2 1 3",
        "0:2 900:3 1100:2 1900:2, 2 3 2",
    })
    void isToldAtOnceWhereItIsHigherThanEverElseOnceASecond(String arrivals, String told) {
        try (LogCapture log = new LogCapture()) {
            QueueDepth depth = new QueueDepth();
            for (String arrival : arrivals.split(" ", -1)) {
                String[] parts = arrival.split(":", -1);
                depth.arrived(Integer.parseInt(parts[1]), Long.MIN_VALUE + Long.parseLong(parts[0]) * 1_000_000);
            }
            assertThat(log.lines())
                    .map(line -> line.replace("WARNING:waitress.queue:Task queue depth is ", ""))
                    .isEqualTo(told.isEmpty() ? List.of() : List.of(told.split(" ", -1)));
        }
    }
}
