package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http2.Sent;
import dev.waitress.http2.Wire;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who speaks what, told by the first bytes. */
class ProtocolChoiceTest {
    private Stage stage;

    @BeforeEach
    void open() throws IOException {
        stage = Stage.ofBoth();
    }

    @AfterEach
    void close() throws IOException {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PRI / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\nGET / HTTP/1.0\r\n\r\n"
            })
    void requestsOfHttp1AreServedHoweverTheyAreCut(String request) throws IOException {
        for (int cut = 1; cut < request.length(); cut++) {
            try (Stage each = Stage.ofBoth()) {
                each.client.send(request.substring(0, cut));
                each.client.send(request.substring(cut));
                each.answer("x");
                assertThat(each.client.received()).as("cut at " + cut).startsWith("HTTP/1.");
            }
        }
    }

    @Test
    void thePrefaceBeginsHttp2HoweverItIsCut() throws IOException {
        String bytes = Wire.opened().get(1, "/two").toString();
        for (int cut = 1; cut < bytes.length(); cut++) {
            try (Stage each = Stage.ofBoth()) {
                each.client.send(bytes.substring(0, cut));
                each.client.send(bytes.substring(cut));
                assertThat(each.targets()).as("cut at " + cut).containsExactly("/two");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INVALID CONNECTION PREFACE\r\n\r\n", "GET /\r\n", "SSH-2.0-OpenSSH_9\r\n"})
    void aLineThatNamesNoVersionIsAPrefaceThatIsWrong(String line) {
        stage.client.send(line);
        stage.loop.turn();
        assertThat(Sent.frames(stage.client.received())).last().asString().startsWith("0 GOAWAY 0 PROTOCOL_ERROR");
        assertThat(stage.client.end()).isEqualTo("shut");
    }

    @Test
    void aPrefaceThatDoesNotGoOnIsNotWaitedFor() {
        stage.client.send("PRI * HT");
        stage.loop.pass(TimeUnit.SECONDS.toNanos(29));
        stage.connection.enforceDeadlines(stage.loop.nowNanos());
        assertThat(stage.client.end()).isEqualTo("open");
        stage.loop.pass(TimeUnit.SECONDS.toNanos(2));
        stage.connection.enforceDeadlines(stage.loop.nowNanos());
        assertThat(stage.client.end()).isEqualTo("closed");
    }

    @Test
    void aClientThatSaysNothingIsIdle() {
        assertThat(stage.connection.isIdle()).isTrue();
        stage.client.send("P");
        assertThat(stage.connection.isIdle()).isFalse();
    }

    @Test
    void withoutTheSettingThePrefaceIsARequestOfAVersionThatIsNotSpoken() throws IOException {
        try (Stage plain = new Stage()) {
            plain.client.send(Wire.opened().toString());
            plain.loop.turn();
            assertThat(plain.client.received()).startsWith("HTTP/1.0 505 ");
        }
    }
}
