package dev.waitress.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.FileRegion;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.loop.TurnTaker;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two loops whose turns the test takes: home, where requests are answered, and that of the clients. */
class RelayGatewayTest {
    private static final ServerName NAME = new ServerName("waitress", false);
    private static final String OURS = "Date: Mon, 23 Nov 2026 13:33:07 GMT\r\nServer: waitress\r\n";

    private final Queue<Runnable> atHome = new ArrayDeque<>();
    private final Queue<Runnable> atClients = new ArrayDeque<>();
    private final List<Response> asked = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Link link = new Link(
            new Outbound(atHome::add, new Passage(), 0),
            new Outbound(atClients::add, new Passage(), 0),
            new Kept(),
            NAME);
    private final RelayGateway gateway = new RelayGateway(link);

    private FakeSink sink = sink("GET");
    private boolean isBroken;

    /** Keeps what it is to answer. */
    private final class Kept implements Gateway {
        @Override
        public void submit(Request request, Response response) {
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            response.producedBy(new Noted());
            asked.add(response);
        }

        @Override
        public void close(Duration within) {}
    }

    /** Who answers at home. */
    private final class Noted implements Producer {
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

        @Override
        public String name() {
            return "1/23";
        }

        @Override
        public long begunNanos() {
            return 7;
        }

        @Override
        public void locate(Consumer<String> stack) {
            stack.accept("here");
        }
    }

    private static FakeSink sink(String method) {
        return new FakeSink(request(method).head(), NAME, false);
    }

    private static Request request(String method) {
        return Requests.parse(method + " /a%20b HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private Response ask(String method) {
        sink = sink(method);
        Request request = request(method);
        Response response = new Response(request, sink, NAME);
        gateway.submit(request, response);
        turns();
        return response;
    }

    /** Lets both loops turn until neither has anything to tell. */
    private void turns() {
        link.toHome().act(0);
        run(atHome);
        link.toClients().act(0);
        run(atClients);
        link.toHome().settle(0);
        run(atHome);
    }

    private static void run(Queue<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private static ResponseHead head(String... fields) {
        return head("200 OK", fields);
    }

    private static ResponseHead head(String statusLine, String[] fields) {
        ResponseHead head = new ResponseHead();
        byte[] status = Ascii.bytes(statusLine);
        head.start(status, 0, status.length);
        for (String field : fields) {
            byte[] name = Ascii.bytes(field.substring(0, field.indexOf(':')));
            byte[] value = Ascii.bytes(field.substring(field.indexOf(':') + 2));
            head.field(name, 0, name.length, value, 0, value.length);
        }
        return head;
    }

    /** Else its client would wait for ever. */
    @Test
    void whatNobodyTakesIsAnsweredWith500() {
        isBroken = true;
        ask("GET");
        assertThat(sink.outcome()).startsWith("HTTP/1.1 500 ");
    }

    @Nested
    class Answers {
        @Test
        void areTheSameAsWithoutIt() {
            ask("GET");
            asked.get(0).send(head("X-a: b"), Ascii.bytes("hello"), 0, 5);
            turns();
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 200 OK\r\nX-a: b\r\nContent-Length: 5\r\n" + OURS + "\r\nhello--open");
        }

        @Test
        void leaveInOnePieceForEachTurn() {
            ask("GET");
            asked.get(0).send(head(), Ascii.bytes("hello"), 0, 5);
            link.toClients().act(0);
            assertThat(atClients).hasSize(1);
        }

        @Test
        void areNotWhatTheirMakerDoesWithItsArraysLater() {
            ask("GET");
            byte[] bytes = Ascii.bytes("hello");
            ResponseHead head = head("X-a: b");
            asked.get(0).send(head, bytes, 0, 5);
            bytes[0] = 'J';
            head.startHints();
            turns();
            assertThat(sink.outcome()).contains("200 OK\r\nX-a: b", "hello--open");
        }

        @Test
        void toHeadHaveNoBody() {
            ask("HEAD");
            asked.get(0).send(head(), Ascii.bytes("hello"), 0, 5);
            turns();
            assertThat(sink.outcome()).contains("Content-Length: 5").endsWith("\r\n\r\n--open");
        }

        @Test
        void withoutABodySayTheirLengthOnce() {
            ask("GET");
            asked.get(0).send(head("205 Reset Content", new String[0]), Ascii.bytes("hello"), 0, 5);
            turns();
            assertThat(sink.outcome())
                    .isEqualTo("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n" + OURS + "\r\n--open");
        }

        @Test
        void thatAreTooShortAreCutShort() {
            ask("GET");
            asked.get(0).send(head("Content-Length: 6"), Ascii.bytes("hello"), 0, 5);
            turns();
            assertThat(sink.outcome()).endsWith("hello--closed");
        }

        @Test
        void ofTheServerItselfBearTheirStatus() {
            Response response = ask("GET");
            asked.get(0).postpone();
            turns();
            assertThat(sink.outcome()).startsWith("HTTP/1.1 503 ");
            assertThat(response.account().cause().ownStatus()).isEqualTo(Status.SERVICE_UNAVAILABLE);
        }

        @Test
        void thatFailTellWhy() {
            Response response = ask("GET");
            asked.get(0).fail("Traceback");
            turns();
            assertThat(sink.outcome()).startsWith("HTTP/1.1 500 ");
            assertThat(response.account().cause().failure()).isEqualTo("Traceback");
            assertThat(response.account().cause().ownStatus()).isEqualTo(Status.INTERNAL_SERVER_ERROR);
        }

        @Test
        void thatFailLateAreCut() {
            ask("GET");
            asked.get(0).start(head("Content-Length: 5"), ResponseHead.NO_LENGTH);
            asked.get(0).fail("Traceback");
            turns();
            assertThat(sink.outcome()).endsWith("--cut");
        }

        @Test
        void thatTakeTooLongAre504() {
            Response response = ask("GET");
            assertThat(asked.get(0).expire()).isEqualTo("answered with 504");
            turns();
            assertThat(sink.outcome()).startsWith("HTTP/1.1 504 ");
            assertThat(response.account().cause().ownStatus()).isEqualTo(Status.GATEWAY_TIMEOUT);
        }

        @Test
        void giveFilesBackWhereTheyWereOpened(@TempDir Path folder) throws IOException {
            Path file = Files.writeString(folder.resolve("file"), "hello");
            ask("GET");
            List<String> closed = new ArrayList<>();
            try (FileChannel channel = FileChannel.open(file)) {
                asked.get(0).start(head(), 5);
                asked.get(0).body(new FileRegion(channel, 0, 5, () -> closed.add("closed")));
                link.toClients().act(0);
                run(atClients);
                assertThat(sink.outcome()).endsWith("hello--open");
                assertThat(closed).isEmpty();
                turns();
                assertThat(closed).containsExactly("closed");
            }
        }
    }

    @Nested
    class WhoAnswers {
        @Test
        void isKnownWhereTheClientIs() {
            Response response = ask("GET");
            Producer producer = response.producer();
            assertThat(producer).isNotNull();
            assertThat(producer.name()).isEqualTo("1/23");
            assertThat(producer.begunNanos()).isEqualTo(7);
            assertThat(producer.line()).isEqualTo("GET /a%20b");
        }

        @Test
        void isLookedForWhereItIs() {
            Response response = ask("GET");
            Producer producer = response.producer();
            assertThat(producer).isNotNull();
            producer.locate(told::add);
            turns();
            assertThat(told).containsExactly("here");
        }

        @Test
        void isToldHowMuchHasLeft() {
            Response response = ask("GET");
            asked.get(0).start(head(), ResponseHead.NO_LENGTH);
            asked.get(0).body(new byte[100], 0, 100);
            turns();
            response.flushed(30);
            turns();
            assertThat(told).containsExactly("drained 70");
        }

        @Test
        void isToldThatTheClientHasClosedAndGone() {
            Response response = ask("GET");
            response.clientClosed();
            response.clientGone();
            turns();
            assertThat(told).containsExactly("closed", "gone");
            assertThat(asked.get(0).hasEnded()).isTrue();
        }

        @Test
        void isLostToItsObserverToo() {
            Response response = ask("GET");
            List<String> seen = new ArrayList<>();
            response.observedBy(new ResponseObserver() {
                @Override
                public void lost() {
                    seen.add("lost");
                }

                @Override
                public void producedBy(Producer producer) {
                    seen.add(producer.name());
                }

                @Override
                public void ended(ResponseEnd end) {
                    seen.add("ended");
                }
            });
            asked.get(0).lost();
            asked.get(0).producedBy(new Noted());
            turns();
            assertThat(seen).containsExactly("lost", "1/23");
        }
    }

    @Nested
    class TheClientThatLeft {
        @Test
        void countsUntilTheApplicationHasEnded() {
            List<String> released = new ArrayList<>();
            Request request = request("GET");
            Response response = new Response(request, new Releasing(released), NAME);
            gateway.submit(request, response);
            turns();
            response.clientGone();
            turns();
            assertThat(released).isEmpty();
            asked.get(0).end();
            turns();
            assertThat(released).containsExactly("released");
        }

        @Test
        void countsNoLongerWhereTheEndWasOnItsWay() {
            List<String> released = new ArrayList<>();
            Request request = request("GET");
            Response response = new Response(request, new Releasing(released), NAME);
            gateway.submit(request, response);
            turns();
            asked.get(0).send(head(), Ascii.bytes("hello"), 0, 5);
            response.clientGone();
            turns();
            assertThat(released).containsExactly("released");
        }
    }

    @Test
    void aMessageThatFailsTakesNoOtherAlong() {
        Queue<Runnable> there = new ArrayDeque<>();
        Outbound outbound = new Outbound(there::add, new Passage(), 0);
        outbound.tell(() -> {
            throw new IllegalStateException("for this test");
        });
        outbound.tell(() -> told.add("done"));
        outbound.act(0);
        run(there);
        assertThat(told).containsExactly("done");
    }

    @Test
    void doesNotSleepAtOnceWhereAnAnswerIsOnItsWay() {
        Queue<Runnable> there = new ArrayDeque<>();
        Outbound outbound = new Outbound(there::add, new Passage(), 10);
        assertThat(outbound.settle(5)).isEqualTo(TurnTaker.NO_DEADLINE);
        outbound.tell(() -> {});
        outbound.act(100);
        assertThat(outbound.settle(100)).isEqualTo(10);
        assertThat(outbound.settle(109)).isEqualTo(1);
        assertThat(outbound.settle(110)).isEqualTo(TurnTaker.NO_DEADLINE);
        assertThat(outbound.settle(105)).isEqualTo(TurnTaker.NO_DEADLINE);
    }

    @Test
    void sleepsWhereNobodyAnswers() {
        Queue<Runnable> there = new ArrayDeque<>();
        Outbound outbound = new Outbound(there::add, new Passage(), 0);
        outbound.tell(() -> {});
        assertThat(outbound.settle(100)).isEqualTo(TurnTaker.NO_DEADLINE);
        assertThat(there).hasSize(1);
    }
}
