package dev.waitress.exchange;

import static dev.waitress.exchange.ResponseTest.bytes;
import static dev.waitress.exchange.ResponseTest.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What others are told of a response. */
class ResponseLifeTest {
    private static final ServerName NAME = new ServerName("waitress", false);

    private FakeSink sink =
            new FakeSink(Requests.parse("GET / HTTP/1.0\r\n\r\n").head(), NAME, false);

    private Response to(String method, String fields) {
        Request request = Requests.parse(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        sink = new FakeSink(request.head(), NAME, false);
        return new Response(request, sink, NAME);
    }

    @Nested
    class Ends {
        @Test
        void comeWithTheHeadOfAnEmptyBody() {
            Response response = to("GET", "");
            response.start(head("200 OK", "Content-Length: 0"), ResponseHead.NO_LENGTH);
            assertThat(sink.outcome()).endsWith("\r\n\r\n--open");
        }

        /**
         * A client of HTTP/1.0 knows no chunks: without a length GET would end with the connection, and so does HEAD.
         */
        @Test
        void comeWithTheConnectionAfterAHeadOf10WithoutALength() {
            Request request = Requests.parse("HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            sink = new FakeSink(request.head(), NAME, false);
            new Response(request, sink, NAME).send(head("200 OK"), bytes(""), 0, 0);
            assertThat(sink.outcome())
                    .endsWith("Connection: close\r\n\r\n--closed")
                    .doesNotContain("chunked");
        }

        @Test
        void comeOnce() {
            Response response = to("GET", "");
            response.send(head("200 OK"), bytes("a"), 0, 1);
            response.send(head("200 OK"), bytes("b"), 0, 1);
            response.end();
            assertThat(sink.outcome()).endsWith("\r\n\r\na--open");
        }
    }

    @Nested
    class Hints {
        private static final String HINTS = "HTTP/1.1 103 Early Hints\r\n\r\n";

        private void hint(Response response) {
            ResponseHead hints = new ResponseHead();
            hints.startHints();
            response.hint(hints);
        }

        @Test
        void comeBeforeTheHeadAndAreNoStart() {
            Response response = to("GET", "");
            hint(response);
            assertThat(response.hasStarted()).isFalse();
            assertThat(sink.outcome()).isEqualTo(HINTS + "--running");
            response.send(head("200 OK"), bytes("a"), 0, 1);
            assertThat(sink.outcome()).startsWith(HINTS + "HTTP/1.1 200 OK\r\n");
        }

        @Test
        void areDroppedBehindIt() {
            Response response = to("GET", "");
            response.start(head("200 OK"), ResponseHead.NO_LENGTH);
            hint(response);
            response.end();
            hint(response);
            assertThat(sink.outcome()).doesNotContain("103");
        }

        @Test
        void areDroppedWhereTheClientHasLeft() {
            Response response = to("GET", "");
            response.clientGone();
            hint(response);
            assertThat(sink.outcome()).isEqualTo("--running");
        }

        @Test
        void areSoMany() {
            Response response = to("GET", "");
            for (int i = 1; i <= 17; i++) {
                hint(response);
                assertThat(sink.outcome()).isEqualTo(HINTS.repeat(Math.min(i, 16)) + "--running");
            }
        }
    }

    /** What access logs and metrics ask for. */
    @Nested
    class Accounts {
        private final List<String> observed = new ArrayList<>();

        private final ResponseObserver observer = new ResponseObserver() {
            @Override
            public void started(ResponseHead head) {
                observed.add("started " + head.statusCode());
            }

            @Override
            public void ended(ResponseEnd end) {
                observed.add(end.statusCode() + " " + end.isComplete() + " " + end.bodyBytes()
                        + (end.keepsConnection() ? " open" : " closed"));
            }
        };

        private Response observed(String method, String fields) {
            Response response = to(method, fields);
            response.observedBy(observer);
            return response;
        }

        @Test
        void areOfWhatWasSent() {
            Response response = observed("GET", "");
            assertThat(response.hasStarted()).isFalse();
            response.start(head("201 Created", "Content-Length: 3"), ResponseHead.NO_LENGTH);
            assertThat(response.hasStarted()).isTrue();
            assertThat(response.hasEnded()).isFalse();
            response.body(bytes("abcdef"), 1, 5);
            assertThat(observed).containsExactly("started 201", "201 true 3 open");
            assertThat(response.hasEnded()).isTrue();
        }

        @Test
        void sayThatABodyIsShort() {
            Response response = observed("GET", "");
            response.start(head("200 OK", "Content-Length: 5"), ResponseHead.NO_LENGTH);
            response.body(bytes("abc"), 0, 3);
            response.end();
            assertThat(observed).containsExactly("started 200", "200 false 3 closed");
        }

        @Test
        void countNoBodyOfAHead() {
            Response response = observed("HEAD", "Connection: close\r\n");
            response.send(head("200 OK"), bytes("abc"), 0, 3);
            assertThat(observed).containsExactly("started 200", "200 true 0 closed");
        }

        @Test
        void areOfARefusalToo() {
            Response response = observed("GET", "");
            response.refuse(Status.BAD_GATEWAY, "gone");
            response.refuse(Status.BAD_GATEWAY, "again");
            String body = sink.outcome().split("\r\n\r\n", 2)[1].replace("--closed", "");
            assertThat(observed).containsExactly("502 true " + body.length() + " closed");
        }

        @Test
        void sayThatItWasBrokenOff() {
            Response response = observed("GET", "");
            response.start(head("200 OK"), ResponseHead.NO_LENGTH);
            response.body(bytes("abc"), 0, 3);
            response.clientGone();
            response.clientGone();
            response.body(bytes("abc"), 0, 3);
            assertThat(observed).containsExactly("started 200", "200 false 3 closed");
        }
    }

    @Nested
    class Producers {
        private final List<String> told = new ArrayList<>();

        private final Producer producer = new Producer() {
            @Override
            public void drained(long bytes) {
                told.add("drained " + bytes);
            }

            @Override
            public void clientGone() {
                told.add("gone");
            }

            @Override
            public void clientClosed() {
                told.add("closed");
            }
        };

        private Response produced() {
            Response response = to("GET", "");
            response.producedBy(producer);
            response.start(head("200 OK"), ResponseHead.NO_LENGTH);
            return response;
        }

        @Test
        void areToldOfEachByteThatHasLeftOnce() {
            Response response = produced();
            response.body(bytes("abcdef"), 0, 6);
            response.flushed(6);
            response.flushed(4);
            response.flushed(4);
            response.flushed(0);
            assertThat(told).containsExactly("drained 2", "drained 4");
            assertThat(response.producer()).isSameAs(producer);
        }

        @Test
        void areToldOnceThatTheClientIsGone() {
            Response response = produced();
            response.clientGone();
            response.clientGone();
            assertThat(told).containsExactly("gone");
        }

        @Test
        void areNotToldOfAClientThatGoesBehindTheEnd() {
            Response response = produced();
            response.end();
            response.clientGone();
            assertThat(told).isEmpty();
        }

        @Test
        void areToldThatTheClientHasClosedItsSide() {
            produced().clientClosed();
            assertThat(told).containsExactly("closed");
        }

        @Test
        void learnWhatCameBeforeThem() {
            Response response = to("GET", "");
            response.clientClosed();
            response.producedBy(producer);
            assertThat(told).containsExactly("closed");
        }
    }

    /** Of what a client has given up: whoever answers tells by his end that nothing runs any more. */
    @Nested
    class Release {
        private Response abandoned() {
            Response response = to("GET", "");
            response.clientGone();
            assertThat(sink.outcome()).isEqualTo("--running");
            return response;
        }

        @Test
        void comesWithTheEnd() {
            Response response = abandoned();
            response.start(head("200 OK"), 5);
            response.body(bytes("hello"), 0, 5);
            assertThat(sink.outcome()).isEqualTo("--running");
            response.end();
            assertThat(sink.outcome()).isEqualTo("--running, released");
        }

        @Test
        void comesWithEveryOtherEnd() {
            abandoned().fail("");
            assertThat(sink.outcome()).isEqualTo("--running, released");
        }

        @Test
        void comesOnce() {
            Response response = abandoned();
            response.postpone();
            response.end();
            response.release();
            assertThat(sink.outcome()).isEqualTo("--running, released");
        }

        @Test
        void doesNotComeWhereTheClientOnlyWaitsNoLonger() {
            Response response = abandoned();
            response.expire();
            assertThat(sink.outcome()).isEqualTo("--running");
        }

        @Test
        void isNotToldWhereTheClientHasItsAnswer() {
            Response response = to("GET", "");
            response.send(head("200 OK"), bytes(""), 0, 0);
            response.release();
            assertThat(sink.outcome()).doesNotContain("released");
        }
    }
}
