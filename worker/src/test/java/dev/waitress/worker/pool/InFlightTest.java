package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InFlightTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0, false",
        "1, 1, true",
        "1, 2, true",
        "2, 1, false",
        "2147483647, 2147483646, false",
        "2147483647, 2147483647, true",
        "2147483647, 1, true",
        "1, 2147483647, false",
    })
    void comparesIdsThatWrapAround(int id, int begun, boolean expected) {
        assertThat(InFlight.isBegun(id, begun)).isEqualTo(expected);
    }
}
