package dev.waitress.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                9,
                10,
                99,
                100,
                1_000_000_000,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE + 1L,
                21_474_836_470L,
                999_999_999_999_999_999L,
                1_000_000_000_000_000_000L,
                Long.MAX_VALUE
            })
    void writesNumbersOfEveryLength(long number) {
        Line line = new Line(true, 1);
        line.decimal(number);
        assertThat(new String(line.bytes(), 0, line.length(), StandardCharsets.US_ASCII))
                .isEqualTo(Long.toString(number));
    }
}
