package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.LoanedSegment;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.http.ResponseHead;
import dev.waitress.http2.Sent;
import dev.waitress.http2.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of HTTP/2 gets, without a socket, a thread, or waiting. */
class Http2Test {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String[] POST = {":method", "POST", ":scheme", "http", ":path", "/p", ":authority", "a"};

    private Http2Client client;

    @BeforeEach
    void connect() throws IOException {
        client = new Http2Client();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    private static String[] with(String[] fields, String... more) {
        String[] all = Arrays.copyOf(fields, fields.length + more.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        return all;
    }

    private String body(int request) throws IOException {
        Request arrived = client.stage.requests.get(request);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        arrived.body().open().transferTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void saysFirstWhatItTakes() throws IOException {
        try (Stage stage = Stage.ofHttp2(Map.of())) {
            stage.loop.turn();
            assertThat(Sent.frames(stage.client.take())).containsExactly("0 SETTINGS", "0 WINDOW_UPDATE 983041");
        }
    }

    @Nested
    class Requests {
        @Test
        void runAtTheSameTimeAndAreAnsweredInAnyOrder() {
            client.send(new Wire().get(1, "/a").get(3, "/b").get(5, "/c"));
            assertThat(client.stage.targets()).containsExactly("/a", "/b", "/c");
            client.answer(1, "two");
            client.answer(0, "one");
            assertThat(client.answers())
                    .containsExactly(
                            "3 HEADERS :status: 200", "3 DATA two end", "1 HEADERS :status: 200", "1 DATA one end");
            client.answer(2, "");
            assertThat(client.answers()).containsExactly("5 HEADERS :status: 200 end");
        }

        @Test
        void mayBeAnsweredByHintsFirst() {
            client.send(new Wire().get(1, "/a").get(3, "/b"));
            ResponseHead hints = new ResponseHead();
            hints.startHints();
            byte[] field = "Linkx".getBytes(StandardCharsets.ISO_8859_1);
            hints.field(field, 0, 4, field, 4, 5);
            client.stage.responses.get(1).hint(hints);
            client.answer(0, "one");
            client.answer(1, "two");
            assertThat(client.answers())
                    .containsExactly(
                            "3 HEADERS :status: 103",
                            "1 HEADERS :status: 200",
                            "1 DATA one end",
                            "3 HEADERS :status: 200",
                            "3 DATA two end");
        }

        @Test
        void areTheSameHoweverTheyAreCut() throws IOException {
            String all = new Wire()
                    .headers(1, false, POST)
                    .data(1, false, "he")
                    .data(1, true, "llo")
                    .get(3, "/next")
                    .toString();
            for (int cut = 1; cut < all.length(); cut++) {
                try (Http2Client one = new Http2Client()) {
                    one.stage.client.send(all.substring(0, cut));
                    one.stage.client.send(all.substring(cut));
                    assertThat(one.stage.targets()).as("cut at " + cut).containsExactly("/p", "/next");
                    assertThat(one.stage.requests.get(0).body().size()).isEqualTo(5);
                }
            }
        }

        @Test
        void haveTheirBodiesWhole() throws IOException {
            client.send(new Wire()
                    .headers(1, false, POST)
                    .headers(3, false, POST)
                    .data(1, false, "on")
                    .data(3, false, "tw"));
            assertThat(client.stage.targets()).isEmpty();
            client.send(new Wire().data(3, true, "o").data(1, true, "e"));
            assertThat(body(0)).isEqualTo("two");
            assertThat(body(1)).isEqualTo("one");
        }

        @Test
        void mayHaveTrailersWhichAreDropped() {
            client.send(new Wire().headers(1, false, POST).data(1, false, "x").headers(1, true, "checksum", "1"));
            assertThat(client.stage.targets()).containsExactly("/p");
            assertThat(client.stage.requests.get(0).head().find("checksum")).isNegative();
        }

        @Test
        void areToldToGoOnWhereTheyWaitForThat() {
            client.send(new Wire().headers(1, false, with(POST, "expect", "100-continue", "content-length", "1")));
            assertThat(client.answers()).containsExactly("1 HEADERS :status: 100");
        }

        @Test
        void giveTheWindowsBackAsTheyCome() {
            Wire wire = new Wire().headers(1, false, POST);
            for (int i = 0; i < 32; i++) {
                wire.data(1, false, "x".repeat(16_384));
            }
            client.send(wire);
            assertThat(client.receive())
                    .containsExactly(
                            "1 WINDOW_UPDATE 131072",
                            "1 WINDOW_UPDATE 131072",
                            "1 WINDOW_UPDATE 131072",
                            "0 WINDOW_UPDATE 524288",
                            "1 WINDOW_UPDATE 131072");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 3, 5})
        void areMalformedWhereTheBodyIsNotWhatTheHeadSays(int stated) {
            client.send(new Wire()
                    .headers(1, false, with(POST, "content-length", String.valueOf(stated)))
                    .data(1, false, "ab")
                    .data(1, true, "cd"));
            assertThat(client.answers()).containsExactly("1 RST_STREAM PROTOCOL_ERROR");
            assertThat(client.stage.targets()).isEmpty();
        }
    }

    @Nested
    class ARefusal {
        @Test
        void isAnAnswerAndTheConnectionGoesOn() {
            client.send(new Wire()
                    .headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/")
                    .get(3, "/b"));
            List<String> frames = client.receive();
            assertThat(frames.get(0)).startsWith("1 HEADERS :status: 400, content-length: ");
            assertThat(frames.get(1))
                    .startsWith("1 DATA Bad Request\r\n\r\nHost header is missing")
                    .endsWith(" end");
            assertThat(client.stage.targets()).containsExactly("/b");
        }

        @Test
        void ofABodyEndsTheStream() throws IOException {
            try (Http2Client small = new Http2Client("max_request_body_size", "10")) {
                small.send(new Wire()
                        .headers(1, false, POST)
                        .data(1, false, "x".repeat(10))
                        .data(1, false, "more")
                        .headers(3, false, with(POST, "content-length", "10")));
                assertThat(small.answers())
                        .filteredOn(frame -> !frame.contains(" DATA "))
                        .containsExactly(
                                "1 HEADERS :status: 413",
                                "1 RST_STREAM NO_ERROR",
                                "3 HEADERS :status: 413",
                                "3 RST_STREAM NO_ERROR");
                assertThat(small.stage.targets()).isEmpty();
            }
        }

        @Test
        void ofAHeadThatIsTooLargeLeavesTheTablesInStep() throws IOException {
            try (Http2Client small = new Http2Client("max_request_header_size", "1000")) {
                String remembered = "@\1k\1v"; // an entry behind much that is too large
                small.send(new Wire()
                        .frame(
                                1,
                                Wire.END_HEADERS | Wire.END_STREAM,
                                1,
                                Wire.block(POST) + Wire.block("big", "x".repeat(900)) + remembered)
                        .frame(1, Wire.END_HEADERS | Wire.END_STREAM, 3, Wire.block(POST) + "\u00be"));
                assertThat(small.answers().get(0)).isEqualTo("1 HEADERS :status: 431");
                assertThat(small.stage.requests.get(0).head().value("k")).isEqualTo("v");
            }
        }

        @Test
        void comesWhereABodyIsTooSlow() {
            client.send(new Wire().headers(1, false, POST));
            client.stage.loop.pass(40 * SECOND);
            client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
            assertThat(client.answers())
                    .filteredOn(frame -> !frame.contains(" DATA "))
                    .containsExactly("1 HEADERS :status: 408", "1 RST_STREAM NO_ERROR");
        }
    }

    @Nested
    class AnAnswer {
        @ParameterizedTest
        @CsvSource({"0, 20", "4095, 20", "4096, 88", "65536, 88"})
        void tellsOnceAClientThatRemembersLessThatThisIsKnown(int bytes, String first) {
            client.send(new Wire()
                    .frame(4, 0, 0, "\0\1" + Wire.number(bytes))
                    .get(1, "/")
                    .get(3, "/"));
            client.receive();
            client.answer(0, "hello");
            assertThat(startOfBlock()).isEqualTo(first);
            client.answer(1, "hello");
            assertThat(startOfBlock()).isEqualTo("88");
        }

        /** The first byte of the block in the first frame that has come since the last call; 88 is status 200. */
        private String startOfBlock() {
            return Integer.toHexString(client.stage.client.take().charAt(9));
        }

        @Test
        void waitsForTheWindowsOfItsStream() {
            client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(5)).get(1, "/"));
            client.answer(0, "hello world");
            assertThat(client.answers()).containsExactly("0 SETTINGS ack", "1 HEADERS :status: 200", "1 DATA hello");
            client.send(new Wire().frame(8, 0, 1, Wire.number(1)));
            assertThat(client.answers()).containsExactly("1 DATA  ");
            client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(100)));
            assertThat(client.answers()).containsExactly("0 SETTINGS ack", "1 DATA world end");
        }

        @Test
        void waitsForTheWindowOfTheConnectionInTurns() {
            client.send(new Wire()
                    .frame(4, 0, 0, "\0\4" + Wire.number(1 << 20))
                    .get(1, "/")
                    .get(3, "/"));
            client.answer(0, "a".repeat(65_535 + 20_000));
            client.answer(1, "b".repeat(20_000));
            client.receive();
            client.send(new Wire().frame(8, 0, 0, Wire.number(100_000)));
            assertThat(client.receive())
                    .extracting(frame -> frame.substring(0, 8) + frame.length() + frame.substring(frame.length() - 1))
                    .containsExactly("1 DATA a16391a", "3 DATA b16391b", "1 DATA a3627d", "3 DATA b3627d");
        }

        @Test
        void isResetWhereItIsCutOff() {
            client.send(new Wire().get(1, "/"));
            client.stage.responses.get(0).start(Stage.head("200 OK"), 10);
            client.stage.body("abc");
            client.stage.responses.get(0).fail("");
            assertThat(client.answers())
                    .containsExactly("1 HEADERS :status: 200", "1 DATA abc", "1 RST_STREAM INTERNAL_ERROR");
        }

        @Test
        void isResetWhereItIsTooShort() {
            client.send(new Wire().get(1, "/"));
            client.stage.responses.get(0).start(Stage.head("200 OK"), 10);
            client.stage.body("abc");
            client.stage.responses.get(0).end();
            assertThat(client.answers())
                    .containsExactly("1 HEADERS :status: 200", "1 DATA abc", "1 RST_STREAM INTERNAL_ERROR");
        }

        @Test
        void ofUnknownLengthEndsWithAFrameOfItsOwn() {
            client.send(new Wire().get(1, "/"));
            client.stage.responses.get(0).start(Stage.head("200 OK"), -1);
            client.stage.body("abc");
            client.stage.responses.get(0).end();
            assertThat(client.answers()).containsExactly("1 HEADERS :status: 200", "1 DATA abc", "1 DATA  end");
        }

        @Test
        void ofSegmentsIsCompleteWhenTheLastHasLeft() {
            client.send(new Wire().get(1, "/"));
            Response response = client.stage.responses.get(0);
            response.start(Stage.head("200 OK"), 5);
            response.body(new Loan("hello"));
            assertThat(client.answers()).containsExactly("1 HEADERS :status: 200", "1 DATA hello end");
            assertThat(response.hasEnded()).isTrue();
            assertThat(client.stage.connection.isIdle()).isTrue();
        }

        /** It is the worker's memory, which is wanted back. */
        @Test
        void isCopiedAtTheEndOfTheTurnWhereItWasOnlyLent() {
            client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(0)).get(1, "/"));
            client.receive();
            Loan loan = new Loan("hello");
            client.stage.responses.get(0).start(Stage.head("200 OK"), 5);
            client.stage.responses.get(0).body(loan);
            client.stage.loop.turn();
            assertThat(loan.isClosed).isTrue();
            client.receive();
            client.send(new Wire().frame(8, 0, 1, Wire.number(9)));
            assertThat(client.receive()).containsExactly("1 DATA hello end");
        }

        @Test
        void toHeadHasNoBody() {
            client.send(new Wire().headers(1, true, ":method", "HEAD", ":scheme", "http", ":path", "/", "host", "a"));
            client.answer(0, "hello");
            assertThat(client.receive())
                    .hasSize(1)
                    .allMatch(frame -> frame.contains("content-length: 5"))
                    .allMatch(frame -> frame.endsWith(" end"));
        }

        @Test
        void mayComeBeforeTheEndOfTheRequest() throws IOException {
            try (Http2Client one = new Http2Client("max_request_body_size", "2")) {
                one.send(new Wire().headers(1, false, POST).data(1, false, "abc"));
                one.receive();
                one.send(new Wire().data(1, true, "late, and dropped").get(3, "/"));
                assertThat(one.stage.targets()).containsExactly("/");
            }
        }

        @Test
        void isGivenUpWhereTheClientTakesNothing() {
            client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(0)).get(1, "/"));
            client.answer(0, "hello");
            client.receive();
            client.stage.loop.pass(121 * SECOND);
            client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
            assertThat(client.receive()).containsExactly("1 RST_STREAM CANCEL");
        }

        @Test
        void tellsItsProducerWhatHasLeft() {
            client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(5)).get(1, "/"));
            long[] drained = new long[1];
            client.stage.responses.get(0).producedBy(new Producer() {
                @Override
                public void drained(long bytes) {
                    drained[0] += bytes;
                }

                @Override
                public void clientGone() {}
            });
            client.stage.responses.get(0).start(Stage.head("200 OK"), -1);
            client.stage.body("hello world");
            client.stage.loop.turn();
            assertThat(drained[0]).isEqualTo(5);
            client.send(new Wire().frame(8, 0, 1, Wire.number(100)));
            assertThat(drained[0]).isEqualTo(11);
        }
    }

    private static final class Loan extends LoanedSegment {
        private final ByteBuffer bytes;
        boolean isClosed;

        Loan(String text) {
            bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        protected ByteBuffer buffer() {
            return bytes;
        }

        @Override
        protected byte[] copy() {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @Nested
    class Leaving {
        @Test
        void tellsFirstThatAnEndComesAndThenWhatIsServed() {
            client.send(new Wire().get(1, "/a"));
            client.stage.drain();
            assertThat(client.receive()).containsExactly("0 GOAWAY 2147483647 NO_ERROR ", "0 PING");
            client.send(new Wire().get(3, "/b").frame(6, 1, 0, "\0\0\0\0\0\0\0\0"));
            assertThat(client.receive()).containsExactly("0 GOAWAY 3 NO_ERROR ");
            client.send(new Wire().get(5, "/c"));
            assertThat(client.stage.targets()).containsExactly("/a", "/b");
            client.answer(0, "one");
            assertThat(client.stage.client.end()).isEqualTo("open");
            client.answer(1, "two");
            assertThat(client.answers())
                    .containsExactly(
                            "1 HEADERS :status: 200", "1 DATA one end", "3 HEADERS :status: 200", "3 DATA two end");
            assertThat(client.stage.client.end()).isEqualTo("shut");
        }

        @Test
        void waitsForASecondWhereTheClientSaysNothing() {
            client.stage.connection.sendAway();
            client.receive();
            client.stage.loop.pass(SECOND + 1);
            client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
            assertThat(client.receive()).containsExactly("0 GOAWAY 0 NO_ERROR ");
            assertThat(client.stage.client.end()).isEqualTo("shut");
        }

        /** Else the log would name idle clients as requests that are waited for. */
        @Test
        void isNoRequest() {
            client.stage.connection.sendAway();
            client.receive();
            assertThat(client.stage.connection.hasRequests()).isFalse();
            client.send(new Wire().get(1, "/"));
            assertThat(client.stage.connection.hasRequests()).isTrue();
            client.answer(0, "x");
            assertThat(client.stage.connection.hasRequests()).isFalse();
        }

        @Test
        void isSaidWhereAnotherClientHasThePlace() {
            client.stage.loop.pass(2 * SECOND);
            client.stage.connection.place().vacate();
            assertThat(client.receive()).containsExactly("0 GOAWAY 0 NO_ERROR ");
            assertThat(client.stage.client.end()).isEqualTo("closed");
        }

        @Test
        void ofTheClientEndsTheConnectionBehindItsAnswers() {
            client.send(new Wire().get(1, "/").frame(7, 0, 0, Wire.number(0) + Wire.number(0)));
            assertThat(client.stage.client.end()).isEqualTo("open");
            client.answer(0, "x");
            assertThat(client.stage.client.end()).isEqualTo("shut");
        }

        @Test
        void withoutAWordTellsTheApplication() {
            client.send(new Wire().get(1, "/").get(3, "/"));
            client.stage.client.breakOff();
            assertThat(client.stage.responses).allMatch(Response::hasEnded);
            assertThat(client.stage.told).endsWith("closed");
        }
    }
}
