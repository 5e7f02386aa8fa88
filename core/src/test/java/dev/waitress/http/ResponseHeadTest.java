package dev.waitress.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    private final ResponseHead head = new ResponseHead();

    private void start(String status) {
        // Not at the beginning of its array.
        byte[] bytes = Ascii.bytes("\n" + status + "\n");
        head.start(bytes, 1, bytes.length - 1);
    }

    private void field(String name, String value) {
        byte[] names = Ascii.bytes(":" + name + ":");
        byte[] values = Ascii.bytes("\n\n" + value + "\n");
        head.field(names, 1, names.length - 1, values, 2, values.length - 1);
    }

    private String bytes() {
        return new String(head.bytes(), head.start(), head.end() - head.start(), ISO_8859_1);
    }

    @Test
    void isOfHintsWithoutAStatusOfTheApplications() {
        head.startHints();
        field("Link", "</a.css>");
        head.requireHints();
        assertThat(head.statusCode()).isEqualTo(103);
        assertThat(bytes()).isEqualTo("103 Early Hints\r\nLink: </a.css>\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void isOfHintsUpToTheirBound(int beyond) {
        head.startHints();
        field("a", "x".repeat(8 * 1024 - 5 + beyond));
        if (beyond <= 0) {
            head.requireHints();
        } else {
            assertThatThrownBy(head::requireHints).hasMessage("header fields of 8193 bytes, limit 8192");
        }
    }

    @Test
    void isNotOfHintsWithALength() {
        head.startHints();
        field("Content-Length", "0");
        assertThatThrownBy(head::requireHints).hasMessage("Content-Length cannot be an early hint");
        assertThatThrownBy(() -> field("Connection", "close")).hasMessageContaining("hop-by-hop");
    }

    @ParameterizedTest
    @CsvSource({"200 OK, 200", "'345 ', 345", "999 x y, 999"})
    void hasTheStatusAsItIsAndItsCode(String status, int code) {
        start(status);
        assertThat(head.statusCode()).isEqualTo(code);
        assertThat(head.status()).isEqualTo(status);
        assertThat(bytes()).isEqualTo(status + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"199 Early", "100 Continue", "20x OK", "2x0 OK", "x00 OK", "2000 OK", "200", "200 a\u0001"})
    void refusesAStatusThatIsNotThatOfAFinalResponse(String status) {
        assertThatThrownBy(() -> start(status)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesAStatusUpToItsBound() {
        String longest = "200 " + "x".repeat(64 * 1024 - 4);
        start(longest);
        assertThat(head.status()).isEqualTo(longest);
        assertThatThrownBy(() -> start(longest + "x")).hasMessage("a status of 65537 bytes, limit 65536");
    }

    @Test
    void findsFieldsByTheirWholeNames() {
        start("200 X: reason");
        field("X-Long", "long");
        field("X", "");
        field("x-lon", "first");
        field("X-LON", "second");
        assertThat(head.value("x-lon")).isEqualTo("first");
        assertThat(head.value("x-long")).isEqualTo("long");
        assertThat(head.value("x")).isEmpty();
        assertThat(head.has("x")).isTrue();
        assertThat(head.has("x-lo")).isFalse();
        assertThat(head.has("long")).isFalse();
        assertThat(head.has("y")).isFalse();
    }

    @Test
    void beginsAnewWithEachStatus() {
        start("200 OK");
        field("Date", "a");
        field("Server", "a");
        field("Content-Length", "3");
        start("404 Not Found");
        assertThat(head.contentLength()).isEqualTo(ResponseHead.NO_LENGTH);
        head.removeContentLength();
        assertThat(bytes()).isEqualTo("404 Not Found\r\n");
    }

    @Test
    void replacesALengthWhereverItStands() {
        start("200 OK");
        field("A", "1");
        field("content-LENGTH", "3");
        field("B", "2");
        assertThat(head.contentLength()).isEqualTo(3);
        head.setContentLength(12);
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(bytes()).isEqualTo("200 OK\r\nA: 1\r\nB: 2\r\nContent-Length: 12\r\n");
    }

    @Test
    void removesALengthOnce() {
        start("200 OK");
        field("Content-Length", "3");
        field("A", "1");
        head.removeContentLength();
        head.removeContentLength();
        assertThat(head.contentLength()).isEqualTo(ResponseHead.NO_LENGTH);
        assertThat(bytes()).isEqualTo("200 OK\r\nA: 1\r\n");
    }

    @Test
    void takesALengthAsFarAsItIsANumberOfBytes() {
        start("200 OK");
        field("Content-Length", "9223372036854775799");
        assertThat(head.contentLength()).isEqualTo(9_223_372_036_854_775_799L);
        start("200 OK");
        assertThatThrownBy(() -> field("Content-Length", "9223372036854775800"))
                .hasMessageContaining("is not a number");
    }

    @Test
    void isPutBetweenWhatTheServerSays() {
        start("200 OK");
        field("A", "1");
        head.putFirst(Ascii.bytes("HTTP/1.0 "));
        head.add(Ascii.bytes("Connection: close\r\n"));
        assertThat(bytes()).isEqualTo("HTTP/1.0 200 OK\r\nA: 1\r\nConnection: close\r\n");
        start("404 Not Found");
        assertThat(bytes()).isEqualTo("404 Not Found\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "Date, true, false",
        "dAte, true, false",
        "Dato, false, false",
        "Server, false, true",
        "SERVED, false, false"
    })
    void knowsWhatTheServerNeedNotSay(String name, boolean isDate, boolean isServer) {
        start("200 OK");
        field(name, "v");
        assertThat(head.hasDate()).isEqualTo(isDate);
        assertThat(head.hasServer()).isEqualTo(isServer);
        start("200 OK");
        assertThat(head.hasDate()).isFalse();
        assertThat(head.hasServer()).isFalse();
    }

    /** Of the lengths of those that the server looks for. */
    @ParameterizedTest
    @ValueSource(strings = {"Dato", "Servir", "Content-Lengte", "TA", "Trailor", "Connectiom", "Upgradi"})
    void hasFieldsOfNoMeaning(String name) {
        start("200 OK");
        field(name, "v");
        assertThat(bytes()).isEqualTo("200 OK\r\n" + name + ": v\r\n");
    }

    /** Beyond the bytes that it begins with. */
    @Test
    void growsWithItsFields() {
        StringBuilder expected = new StringBuilder("200 OK\r\n");
        start("200 OK");
        for (int length = 400; length < 1000; length++) {
            field("X" + length, "v".repeat(length));
            expected.append('X')
                    .append(length)
                    .append(": ")
                    .append("v".repeat(length))
                    .append("\r\n");
        }
        assertThat(bytes()).isEqualTo(expected.toString());
    }

    @ParameterizedTest
    @CsvSource({"200, false", "203, false", "204, true", "205, true", "206, false", "304, true", "305, false"})
    void knowsStatusesWithoutABody(String code, boolean isBodiless) {
        start(code + " x");
        assertThat(head.isBodiless()).isEqualTo(isBodiless);
    }
}
