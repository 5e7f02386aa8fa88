package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @CsvSource({
        "/a b%\u00e4, /a b%\u00e4",
        "'/a\nERROR:b\r', /a\\x0aERROR:b\\x0d",
        "'/\u001b[2J\u0000', /\\x1b[2J\\x00",
        "/\u007f\u0085\u009f\u00a0\u00ad, /\\x7f\\x85\\x9f\\xa0\\xad",
    })
    void showsWhatWouldEndTheLineOrSteerTheTerminal(String text, String printable) {
        assertThat(Printable.of(text)).isEqualTo(printable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u001b"})
    void isSomeHundredBytesAtMost(String character) {
        assertThat(Printable.of(character.repeat(1_000_000)))
                .hasSizeBetween(Printable.MOST_SHOWN, Printable.MOST_SHOWN + 6)
                .endsWith("...");
        assertThat(Printable.of("a".repeat(Printable.MOST_SHOWN))).isEqualTo("a".repeat(Printable.MOST_SHOWN));
    }
}
