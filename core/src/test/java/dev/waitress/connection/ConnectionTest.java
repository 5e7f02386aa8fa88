package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Producer;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a connection: without a socket, a thread, or waiting. */
class ConnectionTest {
    private static final String GET = Stage.GET;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Nested
    class ARequest {
        private static final String POST = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

        @Test
        void isTheSameHoweverItIsCut() throws IOException {
            for (int cut = 1; cut < POST.length(); cut++) {
                try (Stage stage = new Stage()) {
                    stage.client.send(POST.substring(0, cut));
                    stage.client.send(POST.substring(cut));
                    assertThat(stage.targets()).as("cut at " + cut).containsExactly("/p");
                    stage.answer("one");
                    assertThat(stage.targets()).as("cut at " + cut).containsExactly("/p", "/next");
                    assertThat(stage.requests.get(0).body().size()).isEqualTo(5);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 7, 16})
        void isTheSameHoweverLittleIsReadAtATime(int recvBytes) throws IOException {
            try (Stage stage = new Stage(recvBytes, 0, 1 << 20)) {
                stage.client.send(POST);
                assertThat(stage.targets()).containsExactly("/p");
                stage.answer("one");
                assertThat(stage.targets()).containsExactly("/p", "/next");
            }
        }

        @Test
        void isToldToGoOnWhereItWaitsForThat() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
                stage.loop.turn();
                assertThat(stage.client.take()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
                stage.client.send("x");
                assertThat(stage.targets()).containsExactly("/");
            }
        }

        @Test
        void keepsTheNextOnesInTheKernelAfterOneRead() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET);
                stage.client.send(GET);
                assertThat(stage.client.watched()).isEmpty();
                stage.client.send(GET);
                assertThat(stage.client.hasUnread()).isTrue();
                stage.answer("1");
                stage.answer("2");
                assertThat(stage.targets()).hasSize(3);
            }
        }
    }

    @Nested
    class AnAnswer {
        @Test
        void hasLeftWhenItsLastByteIsTaken() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(10);
                stage.client.send(GET);
                stage.answer("x".repeat(1000));
                assertThat(stage.seen).containsExactly("ended");
                stage.client.makeRoom(100_000);
                assertThat(stage.seen).containsExactly("ended", "left");
                stage.client.send(GET);
                stage.answer("two");
                assertThat(stage.seen).containsExactly("ended", "left", "ended", "left");
            }
        }

        @Test
        void hasLeftAlsoWhereItsConnectionEndsBehindIt() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                stage.answer("one");
                assertThat(stage.seen).containsExactly("ended", "left");
            }
        }

        @Test
        void hasNotLeftForAClientThatIsGone() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(10);
                stage.client.send(GET);
                stage.answer("x".repeat(1000));
                stage.connection.close();
                assertThat(stage.seen).containsExactly("ended");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 100, 16_383})
        void arrivesWholeHoweverLittleTheClientTakes(int room) throws IOException {
            String body = "x".repeat(20_000);
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(0);
                stage.client.send(GET);
                stage.answer(body);
                assertThat(stage.client.watched()).contains("w");
                int steps = 0;
                while (stage.client.watched().contains("w") && steps++ <= 30_000) {
                    stage.client.makeRoom(room);
                }
                assertThat(stage.client.received()).endsWith("\r\n\r\n" + body);
                assertThat(stage.client.watched()).isEqualTo("r");
                assertThat(stage.told).containsExactly("idle");
            }
        }

        @Test
        void holdsTheNextRequestBackUntilItHasLeft() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(10);
                stage.client.send(GET + GET);
                stage.answer("one");
                assertThat(stage.targets()).hasSize(1);
                stage.client.makeRoom(Long.MAX_VALUE);
                assertThat(stage.targets()).hasSize(2);
            }
        }

        @Test
        void tellsItsProducerWhatHasLeft() throws IOException {
            try (Stage stage = new Stage()) {
                long[] drained = {0};
                stage.client.makeRoom(0);
                stage.client.send(GET);
                stage.responses.get(0).producedBy(new Producer() {
                    @Override
                    public void drained(long bytes) {
                        drained[0] += bytes;
                    }

                    @Override
                    public void clientGone() {}
                });
                stage.responses.get(0).start(Stage.head("200 OK"), ResponseHead.NO_LENGTH);
                stage.body("x".repeat(1000));
                stage.loop.turn();
                assertThat(drained[0]).isZero();
                stage.client.makeRoom(Long.MAX_VALUE);
                assertThat(drained[0]).isEqualTo(1000);
            }
        }

        @Test
        void thatCannotBeFinishedCutsTheConnection() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET);
                stage.responses.get(0).start(Stage.head("200 OK"), ResponseHead.NO_LENGTH);
                stage.body("ab");
                stage.responses.get(0).refuse(Status.BAD_GATEWAY, "gone");
                stage.loop.turn();
                assertThat(stage.client.received()).endsWith("2\r\nab\r\n");
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @Test
        void thatEndsWithTheConnectionIsResetWhereItIsNotWhole() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("GET / HTTP/1.0\r\n\r\n");
                stage.responses.get(0).start(Stage.head("200 OK"), ResponseHead.NO_LENGTH);
                stage.body("ab");
                stage.responses.get(0).refuse(Status.BAD_GATEWAY, "gone");
                stage.loop.turn();
                assertThat(stage.client.end()).isEqualTo("reset");
            }
        }
    }

    @Nested
    class TheEnd {
        @Test
        void isPlainWhereTheClientHasSentNothingMore() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                stage.answer("x");
                assertThat(stage.client.end()).isEqualTo("closed");
                assertThat(stage.told).containsExactly("closed");
                assertThat(stage.loop.memory.held()).isZero();
            }
        }

        @Test
        void waitsForOutput() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(5);
                stage.client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                stage.answer("x");
                assertThat(stage.client.end()).isEqualTo("open");
                stage.client.makeRoom(Long.MAX_VALUE);
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @Test
        void lingersWhereTheClientMayStillBeSending() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("BAD\r\n\r\n");
                stage.loop.turn();
                assertThat(stage.client.take()).startsWith("HTTP/1.0 400 Bad Request\r\n");
                assertThat(stage.client.end()).isEqualTo("shut");
                stage.client.send("what nobody reads");
                assertThat(stage.client.hasUnread()).isFalse();
                assertThat(stage.client.end()).isEqualTo("shut");
                stage.client.endInput();
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @Test
        void lingersForSoLongAndNoLonger() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("BAD\r\n\r\n");
                stage.loop.turn();
                stage.loop.pass(2 * SECOND);
                stage.connection.enforceDeadlines(stage.loop.nowNanos());
                assertThat(stage.client.end()).isEqualTo("shut");
                stage.loop.pass(1);
                stage.client.sendQuietly("in the kernel");
                stage.connection.enforceDeadlines(stage.loop.nowNanos());
                assertThat(stage.client.end()).isEqualTo("closed");
                assertThat(stage.client.hasUnread()).isFalse();
            }
        }

        @Test
        void lingersForSoManyBytesAndNoMore() throws IOException {
            String piece = "x".repeat(1 << 20);
            try (Stage stage = new Stage(1 << 20, 0, 1 << 22)) {
                stage.client.send("BAD\r\n\r\n");
                stage.loop.turn();
                for (int i = 0; i < 16; i++) {
                    stage.client.send(piece);
                    assertThat(stage.client.end()).isEqualTo("shut");
                }
                stage.client.send("y");
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @Test
        void comesAtOnceWhereTheClientIsGone() throws IOException {
            try (Stage stage = new Stage()) {
                boolean[] gone = {false};
                stage.client.send(GET);
                stage.responses.get(0).producedBy(new Producer() {
                    @Override
                    public void drained(long bytes) {}

                    @Override
                    public void clientGone() {
                        gone[0] = true;
                    }
                });
                stage.client.breakOff();
                assertThat(gone[0]).isTrue();
                assertThat(stage.client.end()).isEqualTo("closed");
                assertThat(stage.loop.memory.held()).isZero();
                stage.answer("nobody reads this");
                assertThat(stage.told).containsExactly("closed");
            }
        }

        @Test
        void comesAfterTheAnswerWhereTheClientHasClosedItsSide() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET);
                stage.client.endInput();
                assertThat(stage.client.end()).isEqualTo("open");
                stage.answer("x");
                assertThat(stage.client.received())
                        .contains("Connection: close\r\n")
                        .endsWith("\r\n\r\nx");
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @Test
        void comesAtOnceWhereAnIdleClientHasClosedItsSide() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.endInput();
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }
    }

    @Nested
    class TimeOuts {
        private static final long TIMEOUT = 120 * SECOND;

        @ParameterizedTest
        @ValueSource(longs = {-1, 0, 1})
        void closeAnIdleConnection(long more) throws IOException {
            try (Stage stage = new Stage()) {
                stage.loop.pass(TIMEOUT + more);
                stage.connection.place().vacateIfUnused(stage.loop.nowNanos(), TIMEOUT);
                assertThat(stage.client.end()).isEqualTo(more > 0 ? "closed" : "open");
            }
        }

        @Test
        void readWhatLiesInTheKernelFirst() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.sendQuietly(GET);
                stage.loop.pass(TIMEOUT + 1);
                stage.connection.place().vacateIfUnused(stage.loop.nowNanos(), TIMEOUT);
                assertThat(stage.targets()).containsExactly("/");
            }
        }

        @Test
        void doNotCountWhileAnApplicationIsAtWork() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET);
                stage.loop.pass(10 * TIMEOUT);
                stage.connection.place().vacateIfUnused(stage.loop.nowNanos(), TIMEOUT);
                assertThat(stage.client.end()).isEqualTo("open");
            }
        }

        @Test
        void countFromTheMomentInWhichTheClientHasSomethingToRead() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.makeRoom(0);
                stage.client.send(GET);
                stage.loop.pass(10 * TIMEOUT);
                stage.answer("x");
                stage.connection.place().vacateIfUnused(stage.loop.nowNanos(), TIMEOUT);
                assertThat(stage.client.end()).isEqualTo("open");
                stage.loop.pass(TIMEOUT + 1);
                stage.connection.place().vacateIfUnused(stage.loop.nowNanos(), TIMEOUT);
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {0, 1})
        void refuseAHeadThatDoesNotCome(long more) throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send("GET / HT");
                stage.loop.pass(30 * SECOND + more);
                stage.connection.enforceDeadlines(stage.loop.nowNanos());
                stage.loop.turn();
                assertThat(stage.client.received())
                        .startsWith(more > 0 ? "HTTP/1.0 408 Request Timeout\r\n" : "")
                        .hasSize(more > 0 ? stage.client.received().length() : 0);
                assertThat(stage.client.end()).isEqualTo(more > 0 ? "shut" : "open");
            }
        }
    }

    @Nested
    class GivingWay {
        @ParameterizedTest
        @ValueSource(longs = {0, 1})
        void isAskedOfANewClientAfterASecond(long more) throws IOException {
            try (Stage stage = new Stage()) {
                stage.loop.pass(Place.FIRST_WORD_NANOS + more);
                assertThat(stage.connection.place().canBeVacated()).isEqualTo(more > 0);
            }
        }

        @Test
        void isAskedAtOnceOfWhoWasServed() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET);
                assertThat(stage.connection.place().canBeVacated()).isFalse();
                stage.answer("x");
                assertThat(stage.connection.place().canBeVacated()).isTrue();
                stage.client.send("G");
                assertThat(stage.connection.place().canBeVacated()).isFalse();
            }
        }

        @Test
        void isRefusedByARequestThatHasJustCome() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.sendQuietly(GET);
                stage.connection.place().vacate();
                assertThat(stage.targets()).containsExactly("/");
                assertThat(stage.client.end()).isEqualTo("open");
            }
        }

        @Test
        void happensBehindTheAnswerWhereTheServerStops() throws IOException {
            try (Stage stage = new Stage()) {
                stage.client.send(GET + GET);
                stage.drain();
                stage.answer("1");
                assertThat(stage.client.take()).doesNotContain("Connection: close");
                stage.answer("2");
                assertThat(stage.client.take()).contains("Connection: close");
                stage.client.endInput();
                assertThat(stage.client.end()).isEqualTo("closed");
            }
        }
    }

    @Nested
    class Lookahead {
        @Test
        void takesSoManyRequestsAndNoMore() throws IOException {
            try (Stage stage = new Stage(2, 1 << 20)) {
                stage.client.send(GET.replace("/ ", "/1 ")
                        + GET.replace("/ ", "/2 ")
                        + GET.replace("/ ", "/3 ")
                        + GET.replace("/ ", "/4 "));
                for (int i = 1; i <= 4; i++) {
                    assertThat(stage.targets()).hasSize(i).last().isEqualTo("/" + i);
                    stage.answer("x");
                }
                assertThat(stage.loop.memory.held()).isZero();
            }
        }

        @Test
        void tellsTheApplicationThatTheClientMayBeGone() throws IOException {
            try (Stage stage = new Stage(1, 1 << 20)) {
                boolean[] closed = {false};
                stage.client.send(GET);
                stage.responses.get(0).producedBy(new Producer() {
                    @Override
                    public void drained(long bytes) {}

                    @Override
                    public void clientGone() {}

                    @Override
                    public void clientClosed() {
                        closed[0] = true;
                    }
                });
                stage.client.endInput();
                assertThat(closed[0]).isTrue();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2})
        void leavesItsObserversNoAnswerThatHasNotLeft(int lookahead) throws IOException {
            try (Stage stage = new Stage(lookahead, 1 << 20)) {
                stage.client.send(GET + GET + GET);
                stage.answersAtOnce = true;
                stage.answer("x");
                stage.loop.turn();
                assertThat(stage.seen).containsExactly("ended", "left", "ended", "left", "ended", "left");
                assertThat(stage.client.take())
                        .contains("\r\n\r\nxHTTP/1.1 200 ")
                        .endsWith("\r\n\r\n!");
                assertThat(stage.loop.memory.held()).isZero();
            }
        }

        @Test
        void refusesARequestInItsTurn() throws IOException {
            try (Stage stage = new Stage(1, 1 << 20)) {
                stage.client.send(GET + "BAD\r\n\r\n" + GET);
                stage.loop.turn();
                assertThat(stage.client.received()).isEmpty();
                stage.answer("x");
                assertThat(stage.client.received()).contains("200 OK").contains("\r\n\r\nxHTTP/1.0 400 ");
                assertThat(stage.client.end()).isEqualTo("shut");
                assertThat(stage.targets()).hasSize(1);
            }
        }
    }

    @Test
    void withoutMemoryRefusesAHead() throws IOException {
        try (Stage stage = new Stage(0, 20_000)) {
            stage.client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(30_000));
            stage.loop.turn();
            assertThat(stage.client.received()).contains(" 503 Service Unavailable\r\n");
            assertThat(stage.loop.memory.held()).isZero();
        }
    }
}
