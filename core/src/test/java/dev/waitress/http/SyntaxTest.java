package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTest {
    @ParameterizedTest
    @CsvSource({
        "'', -1",
        "-1, -1",
        "+1, -1",
        "'1 ', -1",
        "0x1, -1",
        "0, 0",
        "007, 7",
        "1234567890123456789, 1234567890123456789",
        "922337203685477579, 922337203685477579",
        "99999999999999999999999999, 9223372036854775807",
    })
    void readsDecimalNumbersAndNothingElse(String text, long value) {
        byte[] bytes = Ascii.bytes("9" + text + "9");
        assertThat(Syntax.decimal(bytes, 1, bytes.length - 1)).isEqualTo(value);
    }
}
