package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedReceiverTest {
    private static List<String> feed(String body) {
        List<String> events = Fed.whole("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        return events.subList(1, events.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x5", "+5", "-1", "1_0", " 5", "5 ", "5 ;a", "g", "\r\n5", ";a", "5\n", "\u00b2"})
    void refusesASizeThatIsNotHexDigits(String size) {
        assertThat(feed(size + "\r\nhello\r\n0\r\n\r\n")).containsExactly("400 Invalid chunk size HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {";", ";;", ";x=", "; x", ";x = y", ";=x", ";x=\"y", ";x=\"\u0001\"", ";a\n", ";x=\"y\"z"})
    void refusesABrokenExtension(String extension) {
        assertThat(feed("5" + extension + "\r\nhello\r\n0\r\n\r\n"))
                .containsExactly("400 Invalid chunk extension HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {";x", ";x=y", ";x=\"y z;\\\"\"", ";a;b=c;d=\"\"", ";x=\"\u00e4\t\""})
    void ignoresAnExtension(String extension) {
        assertThat(feed("5" + extension + "\r\nhello\r\n0" + extension + "\r\n\r\n"))
                .containsExactly("body \"hello\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\rX", "more\r\n", "\n\r\n"})
    void wantsCrLfBehindTheData(String end) {
        assertThat(feed("5\r\nhello" + end + "0\r\n\r\n"))
                .containsExactly("400 Chunk not properly terminated HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "'X: y\r\n', body \"\"",
        "'X:\r\nY: \u00e4 z\r\n', body \"\"",
        "'X y\r\n', 400 Invalid trailer HTTP/1.1",
        "'X: \u0000\r\n', 400 Invalid trailer HTTP/1.1",
        "'X: y\n', 400 Invalid trailer HTTP/1.1",
        "' X: y\r\n', 400 Invalid trailer HTTP/1.1",
    })
    void readsAndDropsTrailers(String trailer, String expected) {
        assertThat(feed("0\r\n" + trailer + "\r\n")).containsExactly(expected);
    }

    @Test
    void boundsASizeLine() {
        String zeros = "0".repeat(ChunkedReceiver.MAX_SIZE_LINE_BYTES - 2);
        assertThat(feed(zeros + "1\r\nx\r\n0\r\n\r\n")).containsExactly("body \"x\"");
        assertThat(feed(zeros + "01\r\nx\r\n0\r\n\r\n")).containsExactly("400 Invalid chunk size HTTP/1.1");
    }

    @Test
    void refusesASizeBeyondAllNumbersAtOnce() {
        assertThat(feed("ffffffffffffffffff")).containsExactly("413 exceeds max_body of 1073741824 HTTP/1.1");
    }
}
