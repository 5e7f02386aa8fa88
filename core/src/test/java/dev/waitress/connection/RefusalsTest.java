package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.buffer.PrivateDirectory;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is refused because the server has no room for it. */
@Timeout(60)
class RefusalsTest {
    private static final int PIECE = 16 * 1024;

    @Test
    void ofABodyThatCannotBeStored(@TempDir Path folder) throws Exception {
        PrivateDirectory nowhere = new PrivateDirectory(folder.resolve("missing"));
        try (LoopFixture server = new LoopFixture(Map.of("inbuf_overflow", "1"), nowhere);
                LogCapture log = new LogCapture();
                Socket client = server.connect()) {
            LoopFixture.send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab");
            assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 507 Insufficient Storage\r\n");
            assertThat(log.lines())
                    .containsExactly("SEVERE:waitress:cannot store a request body: cannot make temporary files in "
                            + folder.resolve("missing")
                            + ": no such directory; set TMPDIR to a directory that can be written");
            assertThat(log.thrown()).isNull();
        }
    }

    @Test
    void ofARequestForWhichThereIsNoMemory() throws Exception {
        try (LoopFixture server = new LoopFixture(Map.of());
                Socket client = server.connect()) {
            int pieces = server.inOneTurn(() -> {
                int taken = 0;
                while (server.loop.resources().memory().resize(0, PIECE)) {
                    taken++;
                }
                return taken;
            });
            LoopFixture.send(client, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(PIECE) + "\r\n\r\n");
            assertThat(LoopFixture.head(client)).contains(" 503 Service Unavailable\r\n");
            assertThat(pieces).isPositive();
            assertThat(server.targets).isEmpty();
        }
    }

    /** Each client's share is given back, whatever becomes of its requests. */
    @Test
    void leaveNoMemoryTakenBehind() throws Exception {
        try (LoopFixture server = new LoopFixture(Map.of("channel_request_lookahead", "2"))) {
            try (Socket client = server.connect()) {
                LoopFixture.send(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
                server.awaitAsked(1);
                assertThat(server.inOneTurn(
                                () -> server.loop.resources().memory().held()))
                        .isPositive();
                for (int i = 1; i <= 2; i++) {
                    server.awaitAsked(i);
                    server.inOneTurn(() -> {
                        server.answer(new byte[1]);
                        return null;
                    });
                }
                server.awaitAsked(3);
                client.setSoLinger(true, 0);
            }
            while (server.inOneTurn(() -> server.clients.connections().size()) > 0) {
                Thread.onSpinWait();
            }
            assertThat(server.inOneTurn(() -> server.loop.resources().memory().held()))
                    .isZero();
        }
    }
}
