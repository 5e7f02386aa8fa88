package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.LogCapture;
import dev.waitress.buffer.FileRegion;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {
    private static final ServerName WAITRESS = new ServerName("waitress", false);
    private static final String OURS = "Date: Mon, 23 Nov 2026 13:33:07 GMT\r\nServer: waitress\r\n";

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private FakeSink sink = new FakeSink(Requests.parse(GET).head(), WAITRESS, false);

    private Response to(String requestLine, String... fields) {
        String host = requestLine.endsWith("1.1") ? "Host: a\r\n" : "";
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return to(requestLine + "\r\n" + host + more + "\r\n", WAITRESS, false);
    }

    private Response to(String text, ServerName name, boolean closing) {
        Request request = Requests.parse(text);
        sink = new FakeSink(request.head(), name, closing);
        return new Response(request, sink, name);
    }

    static ResponseHead head(String status, String... fields) {
        ResponseHead head = new ResponseHead();
        byte[] text = bytes(status);
        head.start(text, 0, text.length);
        for (String field : fields) {
            byte[] name = bytes(field.substring(0, field.indexOf(':')));
            byte[] value = bytes(field.substring(field.indexOf(':') + 1).strip());
            head.field(name, 0, name.length, value, 0, value.length);
        }
        return head;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void stream(Response response, ResponseHead head, String... blocks) {
        response.start(head, ResponseHead.NO_LENGTH);
        for (String block : blocks) {
            response.body(bytes(block), 0, block.length());
        }
        response.end();
    }

    @Nested
    class Framing {
        @Test
        void isTheLengthWhereThatIsKnown() {
            to("GET / HTTP/1.1").send(head("200 OK", "X-a: b"), bytes("hi"), 0, 2);
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\nX-a: b\r\nContent-Length: 2\r\n" + OURS + "\r\nhi--open");
        }

        @Test
        void isChunkedWhereItIsNot() {
            stream(to("GET / HTTP/1.1"), head("200 OK"), "abcdefghijkl", "", "d");
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + OURS
                            + "\r\nC\r\nabcdefghijkl\r\n1\r\nd\r\n0\r\n\r\n--open");
        }

        @ParameterizedTest
        @CsvSource({
            "Content-Length: 4, 'abcd'",
            "Content-Length: 10, 'abcdefghij'",
            "Content-Length: 12, 'abcdefghij'",
            "X-a: b, 'A~abcdefghij~0~~'"
        })
        void isThatOfOtherBytesForAPartOfAFile(String field, String body, @TempDir Path directory) throws IOException {
            Path file = Files.writeString(directory.resolve("file"), "0123abcdefghij");
            boolean[] closed = {false};
            try (FileChannel channel = FileChannel.open(file)) {
                Response response = to("GET / HTTP/1.1");
                response.start(head("200 OK", field), ResponseHead.NO_LENGTH);
                response.body(new FileRegion(channel, 4, 10, () -> closed[0] = true));
                response.end();
            }
            assertThat(sink.outcome().replace("\r\n", "~")).contains("~~" + body + "--");
            assertThat(closed).containsExactly(true);
        }

        @Test
        void givesAFileBackThatHeadDoesNotNeed(@TempDir Path directory) throws IOException {
            boolean[] closed = {false};
            try (FileChannel channel = FileChannel.open(Files.writeString(directory.resolve("file"), "0123456789"))) {
                Response response = to("HEAD / HTTP/1.1");
                response.start(head("200 OK", "Content-Length: 10"), ResponseHead.NO_LENGTH);
                response.body(new FileRegion(channel, 0, 10, () -> closed[0] = true));
                response.end();
            }
            assertThat(sink.outcome()).endsWith("\r\n\r\n--open");
            assertThat(closed).containsExactly(true);
        }

        @Test
        void isTheEndOfTheConnectionFor10() {
            stream(to("GET / HTTP/1.0", "Connection: keep-alive"), head("200 OK"), "ab", "c");
            assertThat(sink.outcome()).isEqualTo("HTTP/1.0 200 OK\r\n" + OURS + "Connection: close\r\n\r\nabc--closed");
        }

        @Test
        void keepsA10ConnectionOpenOnRequest() {
            to("GET / HTTP/1.0", "Connection: Keep-Alive").send(head("200 OK"), bytes("hi"), 0, 2);
            assertThat(sink.outcome()).contains("\r\nConnection: Keep-Alive\r\n\r\nhi--open");
        }

        @ParameterizedTest
        @CsvSource({"204 No Content, ", "205 Reset Content, 0", "304 Not Modified, 3"})
        void hasNoBodyForSomeStatuses(String status, @Nullable String length) {
            stream(to("GET / HTTP/1.1"), head(status, "Content-Length: 3"), "abc");
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 " + status + "\r\n"
                            + (length == null ? "" : "Content-Length: " + length + "\r\n") + OURS + "\r\n--open");
        }

        @Test
        void ofHeadIsThatOfGetWithoutTheBody() {
            to("HEAD / HTTP/1.1").send(head("200 OK"), bytes("hi"), 0, 2);
            assertThat(sink.outcome()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + OURS + "\r\n--open");
        }

        @Test
        void ofHeadDoesNotTakeAnEmptyBodyForTheLength() {
            to("HEAD / HTTP/1.1").send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + OURS + "\r\n--open");
        }
    }

    @Nested
    class Lengths {
        @Test
        void thatAreReachedEndTheResponseAtOnce() {
            Response response = to("GET / HTTP/1.1");
            response.start(head("200 OK", "Content-Length: 2"), ResponseHead.NO_LENGTH);
            response.body(bytes("hi"), 0, 2);
            assertThat(sink.outcome()).endsWith("\r\n\r\nhi--open");
        }

        @Test
        void cutASurplus() {
            stream(to("GET / HTTP/1.1"), head("200 OK", "Content-Length: 2"), "abc", "def");
            assertThat(sink.outcome()).endsWith("\r\n\r\nab--open");
        }

        @Test
        void thatAreNotReachedEndTheConnection() {
            stream(to("GET / HTTP/1.1"), head("200 OK", "Content-Length: 5"), "abc");
            assertThat(sink.outcome()).endsWith("\r\n\r\nabc--closed");
        }

        @Test
        void areToldToTheProducerWhenTheyAreDropped() {
            List<Long> drained = new ArrayList<>();
            Response response = to("HEAD / HTTP/1.1");
            response.producedBy(new Producer() {
                @Override
                public void drained(long bytes) {
                    drained.add(bytes);
                }

                @Override
                public void clientGone() {}
            });
            stream(response, head("200 OK", "Content-Length: 5"), "abc", "de");
            assertThat(drained).containsExactly(3L, 2L);
        }
    }

    @Nested
    class Warnings {
        @Test
        void areLoggedOnceForASurplus() {
            try (LogCapture log = new LogCapture()) {
                stream(to("GET / HTTP/1.1"), head("200 OK", "Content-Length: 2"), "abc", "def");
                assertThat(log.lines())
                        .containsExactly(
                                "WARNING:waitress:application-written content exceeded the number of bytes specified by Content-Length header (2)");
            }
        }

        @Test
        void areLoggedForAWant() {
            try (LogCapture log = new LogCapture()) {
                stream(to("GET / HTTP/1.1"), head("200 OK", "Content-Length: 5"), "abc");
                assertThat(log.lines())
                        .containsExactly(
                                "WARNING:waitress:application returned too few bytes (3) for specified Content-Length (5) via app_iter");
            }
        }

        @Test
        void areLoggedForABodyWhereNoneMayBe() {
            try (LogCapture log = new LogCapture()) {
                stream(to("GET / HTTP/1.1"), head("204 No Content"), "abc", "def");
                assertThat(log.lines())
                        .containsExactly(
                                "WARNING:waitress:application-written content was ignored due to HTTP response that may not contain a message-body: (204 No Content)");
            }
        }

        @Test
        void areNotForTheBodyOfAHead() {
            try (LogCapture log = new LogCapture()) {
                stream(to("HEAD / HTTP/1.1"), head("200 OK", "Content-Length: 5"), "abc");
                assertThat(log.lines()).isEmpty();
            }
        }
    }

    @Nested
    class Persistence {
        @Test
        void endsWhenTheClientWantsItSo() {
            to("GET / HTTP/1.1", "Connection: close").send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .contains("\r\nContent-Length: 0\r\n")
                    .endsWith("Connection: close\r\n\r\n--closed");
        }

        @Test
        void endsWhenTheServerStops() {
            to(GET, new ServerName("", false), true).send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: Mon, 23 Nov 2026 13:33:07 GMT\r\n"
                            + "Connection: close\r\n\r\n--closed");
        }
    }

    @Nested
    class Failures {
        @Test
        void beforeTheHeadAreA500() {
            to("GET / HTTP/1.1", "Connection: keep-alive").fail("secret");
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 110\r\n"
                            + "Content-Type: text/plain; charset=utf-8\r\n" + OURS
                            + "\r\nInternal Server Error\r\n\r\nThe server encountered an unexpected internal server error"
                            + "\r\n\r\n(generated by waitress)--closed");
        }

        @ParameterizedTest
        @CsvSource({"GET / HTTP/1.1, cut", "GET / HTTP/1.0, reset"})
        void afterItCutTheConnection(String line, String end) {
            Response response = to(line);
            response.start(head("200 OK"), ResponseHead.NO_LENGTH);
            response.body(bytes("ab"), 0, 2);
            response.fail("");
            response.body(bytes("cd"), 0, 2);
            response.end();
            assertThat(sink.outcome())
                    .doesNotContain("cd")
                    .doesNotContain("0\r\n\r\n")
                    .endsWith("--" + end);
        }

        @Test
        void giveHeadNoBody() {
            to("HEAD / HTTP/1.1").refuse(Status.BAD_GATEWAY, "gone");
            assertThat(sink.outcome())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .endsWith("\r\n\r\n--closed");
        }
    }

    @Nested
    class Heads {
        @Test
        void keepTheApplicationsDateAndServer() {
            to("GET / HTTP/1.1").send(head("200 OK", "date: d", "SERVER: s"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\ndate: d\r\nSERVER: s\r\nContent-Length: 0\r\n\r\n--open");
        }

        @ParameterizedTest
        @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
        void beginWithTheVersionOfTheRequestAndTheStatusAsItIs(String version) {
            to("GET / " + version).send(head("299  as IT is "), bytes(""), 0, 0);
            assertThat(sink.outcome()).startsWith(version + " 299  as IT is \r\n");
        }

        @Test
        void nameServerAndDateOnceUnlessTheApplicationDoes() {
            to("GET / HTTP/1.1").send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .containsOnlyOnce("\r\nServer: waitress\r\n")
                    .containsOnlyOnce("\r\nDate: Mon, 23 Nov 2026 13:33:07 GMT\r\n")
                    .doesNotContain("Via");
        }

        @Test
        void nameTheApplicationsServerAlone() {
            to("GET / HTTP/1.1").send(head("200 OK", "Server: s"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .contains("\r\nServer: s\r\n", "\r\nDate: Mon, 23 Nov 2026 13:33:07 GMT\r\n")
                    .doesNotContain("waitress", "Via");
        }

        @Test
        void nameNoServerThatHasNoName() {
            to(GET, new ServerName("", false), false).send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome()).doesNotContain("Server", "Via").contains("\r\nDate: ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"200", "", "abc d", "200OK", "99 Low", "100 Continue", "200 O\u0000K"})
        void refuseAStatusThatIsNone(String status) {
            assertThatThrownBy(() -> head(status)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void areBoundedTogether() {
            ResponseHead large = head("200 OK", "X: " + "x".repeat(ResponseHead.MOST_FIELD_BYTES - 5));
            byte[] none = {};
            assertThatThrownBy(() -> large.field(bytes("Y"), 0, 1, none, 0, 0))
                    .hasMessage("header fields of 1048581 bytes, limit 1048576");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Connection: close",
                    "keep-alive: 1",
                    "TE: x",
                    "Trailer: x",
                    "Upgrade: x",
                    "Transfer-Encoding: chunked",
                    "Proxy-Authenticate: x",
                    "Proxy-Authorization: x",
                })
        void refuseHopByHopFields(String field) {
            assertThatThrownBy(() -> head("200 OK", field)).hasMessageContaining("hop-by-hop");
        }

        @ParameterizedTest
        @ValueSource(strings = {"X y: a", ": a", "X: a\rb", "X: a\nb", "X: a\u0000", "X\r\nY: a"})
        void refuseResponseSplitting(String field) {
            assertThatThrownBy(() -> head("200 OK", field)).isInstanceOf(IllegalArgumentException.class);
        }

        @ParameterizedTest
        @ValueSource(strings = {"-1", "+3", "3_0", "", "99999999999999999999"})
        void refuseALengthThatIsNone(String length) {
            assertThatThrownBy(() -> head("200 OK", "Content-Length: " + length))
                    .hasMessageContaining("Content-Length");
        }

        @Test
        void takeTheSameLengthTwiceButNotAnother() {
            to("GET / HTTP/1.1").send(head("200 OK", "Content-Length: 1", "content-length: 1"), bytes("x"), 0, 1);
            assertThat(sink.outcome()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + OURS + "\r\nx--open");
            assertThatThrownBy(() -> head("200 OK", "Content-Length: 1", "Content-Length: 2"))
                    .hasMessageContaining("two different");
        }
    }
}
