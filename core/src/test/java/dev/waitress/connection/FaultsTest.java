package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.exchange.Producer;
import dev.waitress.http.ResponseHead;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults of ours, of applications and of sockets: each costs one connection, which gives back all that it held. */
class FaultsTest {
    private static final String LINE = "SEVERE:waitress:uncaptured exception, closing channel 1.2.3.4";

    private LogCapture log;
    private Stage stage;

    @BeforeEach
    void begin() throws IOException {
        log = new LogCapture();
        stage = new Stage();
    }

    @AfterEach
    void end() throws IOException {
        stage.close();
        log.close();
    }

    private void assertClosed() {
        assertThat(stage.client.end()).isEqualTo("closed");
        assertThat(stage.told).containsExactly("closed");
        assertThat(stage.loop.memory.held()).isZero();
    }

    @Test
    void ofWhoTakesARequest() {
        stage.fault = new IllegalStateException("a fault");
        stage.client.send(Stage.GET);
        assertThat(log.lines()).containsExactly(LINE);
        assertThat(log.thrown()).isSameAs(stage.fault);
        assertClosed();
    }

    @Test
    void ofWhoProducesAnAnswer() {
        stage.client.send(Stage.GET);
        stage.responses.get(0).producedBy(new Producer() {
            @Override
            public void drained(long bytes) {
                throw new IllegalStateException("a fault");
            }

            @Override
            public void clientGone() {}
        });
        stage.responses.get(0).start(Stage.head("200 OK"), ResponseHead.NO_LENGTH);
        stage.body("x");
        stage.loop.turn();
        assertThat(log.lines()).containsExactly(LINE);
        assertClosed();
    }

    @Test
    void ofAnApplicationAreAnsweredBeforeTheEnd() {
        stage.client.send(Stage.GET);
        stage.responses.get(0).fail("");
        stage.loop.turn();
        assertThat(stage.client.received())
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .contains("Connection: close\r\n")
                .contains("\r\n\r\nInternal Server Error");
        assertClosed();
    }

    @Test
    void ofAnApplicationAreAnsweredWithoutABodyWhereNoneIsAskedFor() {
        stage.client.send(Stage.GET.replace("GET", "HEAD"));
        stage.responses.get(0).fail("");
        stage.loop.turn();
        assertThat(stage.client.received())
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .endsWith("\r\n\r\n");
        assertClosed();
    }

    @Test
    void ofASocketThatCannotBeClosed() {
        stage.client.failToClose();
        stage.client.endInput();
        assertThat(log.lines()).containsExactly("SEVERE:waitress:Socket error");
        assertClosed();
    }

    /** No read tells it: what it has sent ahead is left to the kernel. */
    @Test
    void ofAClientThatIsGoneWhenItsAnswerComes() {
        stage.client.send(Stage.GET + Stage.GET);
        stage.client.breakOff();
        assertThat(stage.client.end()).isEqualTo("open");
        stage.answer("nobody reads this");
        assertThat(stage.targets()).hasSize(1);
        assertThat(log.lines()).isEmpty();
        assertClosed();
    }
}
