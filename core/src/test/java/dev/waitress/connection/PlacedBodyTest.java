package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Request;
import dev.waitress.testkit.OneSlot;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body whose place is known comes there straight from the socket, and nothing else does. */
class PlacedBodyTest {
    private static final String BODY = "0123456789".repeat(10);
    private static final String POST = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";

    private final OneSlot shared = new OneSlot(50, 200);

    private static String body(Request request) throws IOException {
        return new String(request.body().open().readAllBytes(), ISO_8859_1);
    }

    /** However many bytes one read takes, and wherever the client's pieces end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 58, 59, 60, 99, 100, 157, 158, 159, 160, 8192})
    void isWholeAndTheNextRequestIsReadToo(int recvBytes) throws IOException {
        String sent = POST + BODY + Stage.GET;
        for (int cut = 1; cut < sent.length(); cut++) {
            try (Stage stage = Stage.withShared(shared, recvBytes, 0)) {
                stage.client.send(sent.substring(0, cut));
                stage.client.send(sent.substring(cut));
                assertThat(stage.targets()).containsExactly("/upload");
                assertThat(stage.requests.get(0).body().slot()).isSameAs(shared);
                assertThat(body(stage.requests.get(0))).isEqualTo(BODY);
                stage.answer("first");
                stage.loop.turn();
                assertThat(stage.targets()).containsExactly("/upload", "/");
                stage.answer("second");
                assertThat(stage.client.received()).contains("first").endsWith("second");
            }
            assertThat(shared.free()).isEqualTo(1);
        }
    }

    @Test
    void waitsBehindARequestThatRuns() throws IOException {
        try (Stage stage = Stage.withShared(shared, 64, 2)) {
            stage.client.send(Stage.GET);
            stage.client.send(POST + BODY.substring(0, 30));
            stage.client.send(BODY.substring(30) + Stage.GET);
            assertThat(stage.targets()).containsExactly("/");
            stage.answer("first");
            assertThat(stage.targets()).containsExactly("/", "/upload");
            assertThat(body(stage.requests.get(1))).isEqualTo(BODY);
        }
        assertThat(shared.free()).isEqualTo(1);
    }

    @Test
    void givesThePlaceBackWhenItsClientGoesAway() throws IOException {
        try (Stage stage = Stage.withShared(shared, 64, 0)) {
            stage.client.send(POST + BODY.substring(0, 70));
            assertThat(shared.free()).isZero();
            stage.client.endInput();
            assertThat(stage.told).containsExactly("closed");
            assertThat(shared.free()).isEqualTo(1);
            assertThat(stage.requests).isEmpty();
        }
    }
}
