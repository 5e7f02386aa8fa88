package dev.waitress.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ParserTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static List<String> get(String line, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return Fed.whole(line + "\r\nHost: a\r\n" + more + "\r\n");
    }

    @Nested
    class HoweverItIsCut {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-Foo:  bar \r\n\r\n",
                    "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: b\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5;a=\"x\\\"y\";b\r\nhello\r\n00006\r\n world\r\n0\r\nX-T: 1\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a\r\nX: 1,\r\nY: 2\r\n  \r\nX: 3\r\n\r\n",
                    "GET / HTTP/1.1\nHost: a\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
                    "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n",
                })
        void givesTheSameSteps(String input) {
            List<String> whole = Fed.whole(input);
            assertThat(whole).isNotEmpty();
            assertThat(Fed.byteByByte(input, Fed.LIMITS)).isEqualTo(whole);
            for (int at = 0; at <= input.length(); at++) {
                assertThat(Fed.cut(input, at, Fed.LIMITS)).as("cut at %d", at).isEqualTo(whole);
            }
        }
    }

    @Nested
    class RequestLines {
        @ParameterizedTest
        @CsvSource({
            "GET /a/b?x=1&y HTTP/1.1, /a/b?x=1&y 1.1 open",
            "GET /a?b?c HTTP/1.0, /a?b?c 1.0 close",
            "GET http://ex.com:80/p?q HTTP/1.1, /p?q 1.1 open",
            "GET http://ex.com HTTP/1.1, ? 1.1 open",
            "OPTIONS * HTTP/1.1, *? 1.1 open",
            "!#$ / HTTP/1.1, /? 1.1 open",
            "GET /%zz+;// HTTP/1.7, /%zz+;//? 1.1 open",
        })
        void areAccepted(String line, String expected) {
            String shown =
                    expected.startsWith("?") || expected.contains("?") ? expected : expected.replace(" 1.", "? 1.");
            assertThat(get(line).get(0)).isEqualTo(line.split(" ", 2)[0] + " " + shown + " Host=a");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET /", "GET", "GET  / HTTP/1.1", "GET / HTTP/1", "GET / HTTP/11.0", "GET / http/1.1",
                    "GET\t/ HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ", "G(T / HTTP/1.1", "/ HTTP/1.1",
                            "GET / x HTTP/1.1",
                })
        void ofOtherFormsAreRefused(String line) {
            assertThat(get(line)).containsExactly("400 Start line is invalid HTTP/1.0");
        }

        @ParameterizedTest
        @CsvSource({
            "get / HTTP/1.1, 400 Malformed HTTP method \"get\" HTTP/1.0",
            "GEa / HTTP/1.1, 400 Malformed HTTP method \"GEa\" HTTP/1.0",
            "zET / HTTP/1.1, 400 Malformed HTTP method \"zET\" HTTP/1.0",
            "GET / HTTP/2.0, 505 HTTP version is not supported HTTP/1.0",
            "GET / HTTP/0.9, 505 HTTP version is not supported HTTP/1.0",
            "CONNECT a:443 HTTP/1.1, 501 CONNECT is not supported HTTP/1.1",
            "GET foo HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET * HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET /a#b HTTP/1.0, 400 Bad URI HTTP/1.0",
            "GET /\u00e4 HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET /a\u007f HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET ftp://a/ HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET http://u@a/ HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET http:///a HTTP/1.1, 400 Bad URI HTTP/1.1",
            "GET http://[::1/a HTTP/1.1, 400 Bad URI HTTP/1.1",
        })
        void thatWeDoNotServeSayWhy(String line, String answer) {
            assertThat(get(line)).containsExactly(answer);
        }
    }

    @Nested
    class Fields {
        @ParameterizedTest
        @ValueSource(strings = {"X A", "X : a", ": a", "X: a\u0000", "X: a\u000b", "X\u00e4: a", "X: \u007f", "(: a"})
        void thatAreNoHeaderSyntaxAreRefused(String field) {
            assertThat(get("GET / HTTP/1.1", field)).containsExactly("400 Invalid header HTTP/1.0");
        }

        @Test
        void areTrimmedOfSpacesAndTabsOnly() {
            assertThat(get("GET / HTTP/1.1", "X:\t \u00a0a \u0085\t"))
                    .first()
                    .isEqualTo("GET /? 1.1 open Host=a X=\u00a0a \u0085");
        }

        @Test
        void ofTheSameNameAreLinkedWhateverTheirCase() {
            assertThat(get("GET / HTTP/1.1", "X-A: 1", "Y: 2", "x-a: 3", "X-a:"))
                    .first()
                    .isEqualTo("GET /? 1.1 open Host=a X-A=1 Y=2 +x-a=3 +X-a=");
        }

        @Test
        void withUnderscoresCountForNothing() {
            assertThat(get("GET / HTTP/1.1", "Content_Length: 5", "X_Y: z"))
                    .containsExactly("GET /? 1.1 open Host=a", "body \"\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"host: b", "Content-Type: a", "Content-Length: 0"})
        void thatMayComeOnceAreRefusedTwice(String field) {
            String name = field.substring(0, field.indexOf(':'));
            String first = name.equals("host") ? "X: y" : field;
            assertThat(get("GET / HTTP/1.1", first, field))
                    .containsExactly("400 Duplicate header: " + name + " HTTP/1.0");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Content-Length: 1\r\n 0", "X: y\r\n\tz", "X_Y: z\r\n folded", "X: y\r\n "})
        void areNotFolded(String field) {
            assertThat(get("GET / HTTP/1.1", field)).containsExactly("400 Invalid header HTTP/1.0");
        }

        @Test
        void areCheckedBeforeTheRequestLine() {
            assertThat(get("get / HTTP/1.1", "Host: b")).containsExactly("400 Duplicate header: Host HTTP/1.0");
        }

        @Test
        void needAHostIn11Only() {
            assertThat(Fed.whole("GET / HTTP/1.1\r\n\r\n")).containsExactly("400 Host header is missing HTTP/1.1");
            assertThat(Fed.whole("GET / HTTP/1.0\r\n\r\n")).first().isEqualTo("GET /? 1.0 close");
        }

        @ParameterizedTest
        @ValueSource(strings = {"a, b", "a b", "a:x", "[::1", "a/b", "u@a"})
        void refuseAHostThatIsNone(String host) {
            assertThat(Fed.whole("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .containsExactly("400 Host header is invalid HTTP/1.1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a", "a.b:80", "[::1]", "[::1]:80", "a:", "%C3%A4"})
        void acceptAHost(String host) {
            assertThat(Fed.whole("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .hasSize(2);
        }

        @Test
        void byTheThousandAreReadInLinearTime() {
            String head = "GET / HTTP/1.1\r\nHost: a\r\n" + "a: b\r\n".repeat(900) + "\r\n";
            assertThat(Fed.whole(head)).hasSize(2);
        }
    }

    @Nested
    class Bodies {
        @ParameterizedTest
        @ValueSource(strings = {"", "+5", "-5", "0x5", "5_0", "5.0", "5, 5", "5 5", "\u00b2"})
        void haveALengthOfDigitsOnly(String length) {
            assertThat(get("POST / HTTP/1.1", "Content-Length: " + length))
                    .containsExactly("400 Content-Length is invalid HTTP/1.1");
        }

        @Test
        void withALengthBeyondAllLimitsAreRefusedAtOnce() {
            assertThat(get("POST / HTTP/1.1", "Content-Length: " + "9".repeat(5000)))
                    .containsExactly("413 exceeds max_body of 1073741824 HTTP/1.1");
        }

        @ParameterizedTest
        @CsvSource({
            "'gzip, chunked', 501 Transfer-Encoding requested is not supported.",
            "'chunked, gzip', 501 Transfer-Encoding requested is not supported.",
            "identity, 501 Transfer-Encoding requested is not supported.",
            "\u00a0chunked, 501 Transfer-Encoding requested is not supported.",
            "chun\u212aed, 400 Invalid header",
            "', ,', 501 Transfer-Encoding requested is not supported.",
            "'chunked, chunked', 400 Transfer-Encoding is invalid. Multiple chunked encodings requested.",
            "'', 400 Transfer-Encoding is invalid",
        })
        void knowOneTransferCoding(String codings, String answer) {
            if (codings.indexOf('\u212a') < 0) { // a Kelvin sign is no byte
                assertThat(get("POST / HTTP/1.1", "Transfer-Encoding: " + codings))
                        .containsExactly(answer + " HTTP/1.1");
            }
        }

        @Test
        void inChunksAreNotFor10() {
            assertThat(Fed.whole("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"))
                    .containsExactly("400 Transfer-Encoding is invalid HTTP/1.0");
        }

        @Test
        void inChunksWithALengthBesideEndTheConnection() {
            assertThat(Fed.whole("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n"
                            + "1\r\nx\r\n0\r\n\r\n"))
                    .containsExactly(
                            "POST /? 1.1 close Host=a Content-Length=9 Transfer-Encoding=Chunked", "body \"x\"");
        }

        @Test
        void areFollowedByTheNextRequest() {
            assertThat(Fed.whole("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 05\r\n\r\nhello" + GET))
                    .containsExactly(
                            "POST /? 1.1 open Host=a Content-Length=05",
                            "body \"hello\"",
                            "GET /? 1.1 open Host=a",
                            "body \"\"");
        }
    }

    @Nested
    class Persistence {
        @ParameterizedTest
        @CsvSource({
            "1.1, '', open",
            "1.1, close, close",
            "1.1, 'foo, Close', close",
            "1.1, keep-alive, open",
            "1.0, '', close",
            "1.0, Keep-Alive, open",
            "1.0, 'x, keep-alive', open",
            "1.0, 'keep-alive, close', close",
        })
        void isTheClientsWish(String version, String connection, String expected) {
            assertThat(get("GET / HTTP/" + version, "Connection: " + connection).get(0))
                    .startsWith("GET /? " + version + " " + expected);
        }
    }

    @Nested
    class AtTheLimits {
        private final Limits small = new Limits(60, 100, 5, 100, 100, 100);

        private String head(int bytes) {
            String rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
            return rest.replace("X: ", "X: " + "x".repeat(bytes - rest.length()));
        }

        @Test
        void theHeadMayHaveOneByteLess() {
            for (int bytes : new int[] {98, 99}) {
                assertThat(Fed.whole(head(bytes), small)).hasSize(2);
                assertThat(Fed.byteByByte(head(bytes), small)).hasSize(2);
            }
            for (int bytes : new int[] {100, 101}) {
                assertThat(Fed.whole(head(bytes), small)).containsExactly("431 exceeds max_header of 100 HTTP/1.0");
                assertThat(Fed.byteByByte(head(bytes), small))
                        .containsExactly("431 exceeds max_header of 100 HTTP/1.0");
            }
        }

        @ParameterizedTest
        @CsvSource({"59, true", "60, true", "61, false", "99, false", "100, false"})
        void theRequestLineMayBeAsLong(int bytes, boolean accepted) {
            String line = "GET /" + "x".repeat(bytes - 14) + " HTTP/1.1";
            for (String head : List.of(line + "\r\nHost: a\r\n\r\n", "\r\n\r\n" + line + "\r\nHost: a\r\n\r\n")) {
                assertThat(Fed.whole(head, small)).isEqualTo(Fed.byteByByte(head, small));
                assertThat(Fed.whole(head, small).get(0))
                        .startsWith(accepted ? "GET /xxx" : "414 exceeds max_request_line of 60 HTTP/1.0");
            }
        }

        @Test
        void anUnfinishedHeadIsRefusedToo() {
            assertThat(Fed.whole("GET / HTTP/1.1\r\nX: " + "x".repeat(80), small))
                    .isEmpty();
            assertThat(Fed.whole("GET / HTTP/1.1\r\nX: " + "x".repeat(81), small))
                    .containsExactly("431 exceeds max_header of 100 HTTP/1.0");
        }

        @Test
        void theBodyBehindAHeadDoesNotCount() {
            String body = "b".repeat(99);
            assertThat(Fed.whole("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n" + body, small))
                    .contains("body \"" + body + "\"");
        }

        @Test
        void theNumberOfFieldsIsBounded() {
            assertThat(Fed.whole("GET / HTTP/1.1\r\nHost: a\r\n" + "a:\r\n".repeat(4) + "\r\n", small))
                    .hasSize(2);
            assertThat(Fed.whole("GET / HTTP/1.1\r\nHost: a\r\n" + "a:\r\n".repeat(5) + "\r\n", small))
                    .containsExactly("431 exceeds max_request_headers of 5 HTTP/1.0");
        }

        @ParameterizedTest
        @CsvSource({"98, true", "99, true", "100, false", "101, false"})
        void aBodyMayHaveOneByteLess(int bytes, boolean accepted) {
            String body = "b".repeat(bytes);
            String refusal = "413 exceeds max_body of 100 HTTP/1.1";
            String expected = accepted ? "body \"" + body + "\"" : refusal;
            assertThat(Fed.whole("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes + "\r\n\r\n" + body, small))
                    .last()
                    .isEqualTo(expected);
            String chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            assertThat(Fed.whole(chunked + Integer.toHexString(bytes) + "\r\n" + body + "\r\n0\r\n\r\n", small))
                    .last()
                    .isEqualTo(expected);
            assertThat(Fed.whole(
                            chunked + "5\r\n12345\r\n" + Integer.toHexString(bytes - 5) + "\r\n" + body.substring(5)
                                    + "\r\n0\r\n\r\n",
                            small))
                    .last()
                    .isEqualTo(accepted ? "body \"12345" + body.substring(5) + "\"" : refusal);
        }

        @Test
        void emptyLinesBeforeARequestAreFew() {
            int most = HeadScanner.MAX_LEADING_BYTES / 2;
            assertThat(Fed.whole("\r\n".repeat(most) + GET)).hasSize(2);
            assertThat(Fed.whole("\r\n".repeat(most + 1) + GET)).containsExactly("400 Start line is invalid HTTP/1.0");
        }
    }
}
