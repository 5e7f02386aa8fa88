package dev.waitress.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedReceiverTest {
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Limits NO_LIMIT =
            Limits.of(Settings.ofText(Map.of("max_request_body_size", String.valueOf(Long.MAX_VALUE))));

    private static List<String> feed(String body) {
        List<String> events = Fed.whole(CHUNKED + body);
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

    @ParameterizedTest
    @ValueSource(strings = {"", ";ext", ";ext=\"quoted\""})
    void boundsASizeLine(String extension) {
        int most = Setting.MAX_CHUNK_LINE_SIZE.defaultValue().intValue();
        for (int bytes : new int[] {most - 1, most}) {
            assertThat(feed(sizeLine(bytes, extension) + "\r\nx\r\n0\r\n\r\n")).containsExactly("body \"x\"");
        }
        assertThat(feed(sizeLine(most + 1, extension) + "\r\nx\r\n0\r\n\r\n"))
                .containsExactly("400 Invalid chunk size HTTP/1.1");
    }

    private static String sizeLine(int bytes, String extension) {
        return "0".repeat(bytes - extension.length() - 1) + "1" + extension;
    }

    @Test
    void boundsTheTrailers() {
        int most = Setting.MAX_REQUEST_TRAILER_SIZE.defaultValue().intValue();
        for (int bytes : new int[] {most - 1, most}) {
            assertThat(feed("0\r\nA: b\r\n" + trailer(bytes - 6) + "\r\n")).containsExactly("body \"\"");
        }
        assertThat(feed("0\r\nA: b\r\n" + trailer(most - 5) + "\r\n"))
                .containsExactly("431 exceeds max_trailer of " + most + " HTTP/1.1");
    }

    private static String trailer(int bytes) {
        return "X:" + "x".repeat(bytes - 4) + "\r\n";
    }

    /** Where bodies have no limit too: what is left of a size without its first digits would end the body elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"10000000000000000", "10000000000000005", "ffffffffffffffff", "1000000000000000"})
    void refusesASizeBeyondAllNumbersWithoutALimit(String size) {
        assertThat(Fed.whole(CHUNKED + size + "\r\nhello\r\n0\r\n\r\n", NO_LIMIT))
                .last()
                .asString()
                .startsWith("413 ");
    }

    @Test
    void takesALargeSizeWithoutALimit() {
        assertThat(Fed.whole(CHUNKED + "00fffffffffffffff\r\nhello", NO_LIMIT))
                .noneMatch(event -> event.startsWith("4"));
    }

    @Test
    void refusesASizeBeyondAllNumbersAtOnce() {
        assertThat(feed("ffffffffffffffffff")).containsExactly("413 exceeds max_body of 1073741824 HTTP/1.1");
    }
}
