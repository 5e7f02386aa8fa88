package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.exchange.Producer;
import java.io.IOException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** What a client sends before it has its answer: its order, its end, and the memory for it. */
class SentAheadTest {
    private static final long SCARCE = 2000;
    private static final String LARGE = "GET /large HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(3000) + "\r\n\r\n";

    private static String get(String target) {
        return Stage.GET.replace("/ ", target + " ");
    }

    /** Room for output and new input are told at once: the first keeps bytes, behind which the second belong. */
    @Test
    void keepsItsOrderWhereBytesAreKeptAlready() throws IOException {
        try (Stage stage = new Stage()) {
            stage.client.makeRoom(10);
            stage.client.send(get("/1") + get("/2") + get("/3"));
            stage.answer("one");
            stage.client.sendQuietly(get("/4"));
            stage.client.roomFor(Long.MAX_VALUE);
            stage.connection.ready(true, true);
            for (int i = 2; i <= 4; i++) {
                assertThat(stage.targets()).hasSize(i).last().isEqualTo("/" + i);
                stage.answer("x");
            }
        }
    }

    @Test
    void isRefusedInItsTurnWhereARequestFindsNoMemory() throws IOException {
        try (Stage stage = new Stage(1, SCARCE)) {
            stage.client.send(get("/1") + LARGE);
            assertThat(stage.client.received()).isEmpty();
            stage.answer("one");
            assertThat(stage.client.received()).contains("\r\n\r\noneHTTP/1.1 503 Service Unavailable\r\n");
            assertThat(stage.targets()).containsExactly("/1");
            assertThat(stage.loop.memory.held()).isZero();
        }
    }

    @Test
    void isRefusedInItsTurnWhereBytesFindNoMemory() throws IOException {
        try (Stage stage = new Stage(0, SCARCE)) {
            stage.client.send(get("/1") + LARGE);
            stage.answer("one");
            assertThat(stage.client.received()).contains("\r\n\r\noneHTTP/1.0 503 Service Unavailable\r\n");
            assertThat(stage.targets()).containsExactly("/1");
            assertThat(stage.loop.memory.held()).isZero();
        }
    }

    @Test
    void doesNotCountBehindARefusal() throws IOException {
        try (Stage stage = new Stage(0, SCARCE)) {
            stage.client.send(get("/1") + LARGE);
            stage.client.sendQuietly(get("/2"));
            stage.connection.ready(true, false);
            stage.answer("one");
            assertThat(stage.client.received()).contains("503").doesNotContain("/2");
            assertThat(stage.targets()).containsExactly("/1");
        }
    }

    @Test
    void isOneRequestThatFindsNoMemory() throws IOException {
        try (Stage stage = new Stage(0, SCARCE)) {
            stage.client.send(LARGE);
            stage.loop.turn();
            assertThat(stage.client.received()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
            assertThat(stage.targets()).isEmpty();
            assertThat(stage.loop.memory.held()).isZero();
        }
    }

    @Test
    void isServedWhereTheClientHasClosedItsSideMeanwhile() throws IOException {
        try (Stage stage = new Stage(1, 1 << 20)) {
            boolean[] closed = {false};
            stage.client.send(get("/1") + get("/2"));
            stage.client.endInput();
            stage.answer("one");
            assertThat(stage.client.take()).doesNotContain("Connection: close");
            assertThat(stage.targets()).containsExactly("/1", "/2");
            stage.responses.get(1).producedBy(new Producer() {
                @Override
                public void drained(long bytes) {}

                @Override
                public void clientGone() {}

                @Override
                public void clientClosed() {
                    closed[0] = true;
                }
            });
            assertThat(closed[0]).isTrue();
            stage.answer("two");
            assertThat(stage.client.take()).contains("Connection: close");
            assertThat(stage.client.end()).isEqualTo("closed");
        }
    }

    /** The head has told the client that the connection goes on. */
    @Test
    void isNothingMoreWhereTheClientClosesItsSideWithinTheAnswer() throws IOException {
        try (Stage stage = new Stage()) {
            stage.client.makeRoom(5);
            stage.client.send(Stage.GET);
            stage.answer("one");
            stage.client.endInput();
            assertThat(stage.client.end()).isEqualTo("open");
            stage.client.makeRoom(Long.MAX_VALUE);
            assertThat(stage.client.received()).endsWith("one");
            assertThat(stage.client.end()).isEqualTo("closed");
        }
    }

    /** The second of two that wait for 100 (Continue) has sent all by then: only the body that is missing counts. */
    @Test
    void needsNoWordToGoOnWhereItIsHereAlready() throws IOException {
        String head = "POST /2 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        try (Stage stage = new Stage(1, 1 << 20)) {
            stage.client.send(get("/1"));
            stage.client.send(head);
            stage.client.send("ab");
            stage.answer("one");
            assertThat(stage.client.take()).doesNotContain("100 Continue");
            assertThat(stage.targets()).containsExactly("/1", "/2");
        }
    }

    @Test
    void isSaidToWhoDebugs() throws IOException {
        try (Stage stage = new Stage();
                LogCapture log = new LogCapture(Level.FINE)) {
            stage.client.send("BAD\r\n\r\n");
            assertThat(log.lines())
                    .containsExactly("FINE:waitress:refused a request from 1.2.3.4: 400 Start line is invalid");
        }
    }
}
