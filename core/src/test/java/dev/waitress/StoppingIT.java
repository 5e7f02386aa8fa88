package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is told to end while clients are at it. */
@Timeout(60)
class StoppingIT {
    private final Stages stages = new Stages();

    private Server serve(long seconds) throws IOException, InterruptedException {
        return Waitress.start(
                stages,
                Settings.defaults()
                        .with(Setting.LISTEN, List.of("127.0.0.1:0"))
                        .with(Setting.THREADS, 1)
                        .with(Setting.SHUTDOWN_TIMEOUT, seconds));
    }

    /** Returns when no new client can come. */
    private static CompletableFuture<Void> close(Server server) {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        while (true) {
            try {
                new Client(server).close();
            } catch (IOException e) {
                return closed;
            }
        }
    }

    @Test
    void answersWhatRunsAndWhatIsQueued() throws Exception {
        Server server = serve(30);
        try (Client running = new Client(server).ask("/wait");
                Client idle = new Client(server)) {
            stages.awaitBegun(1);
            try (Client queued = new Client(server).ask("/quick")) {
                CompletableFuture<Void> closed = close(server);
                assertThat(idle.isClosed()).isTrue();
                assertThatThrownBy(() -> new Client(server)).isInstanceOf(ConnectException.class);
                assertThat(closed).isNotDone();
                stages.release("/wait");
                assertThat(running.head()).contains("\r\nConnection: close\r\n");
                assertThat(running.exactly(5)).isEqualTo("/wait");
                assertThat(queued.head()).contains("\r\nConnection: close\r\n");
                assertThat(queued.isClosed()).isTrue();
                closed.join();
            }
        }
    }

    @Test
    void receivesAnUploadToItsEnd() throws Exception {
        Server server = serve(30);
        try (Client client = new Client(server)) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf");
            try (Client seen = new Client(server)) {
                assertThat(seen.ask("/quick").body()).isEmpty();
            }
            CompletableFuture<Void> closed = close(server);
            client.send("done");
            assertThat(client.body()).isEqualTo("halfdone");
            assertThat(client.isClosed()).isTrue();
            closed.join();
        }
    }

    @Test
    void sendsADownloadToItsEnd() throws Exception {
        Server server = serve(30);
        try (Client client = new Client(server).ask("/big")) {
            client.head();
            CompletableFuture<Void> closed = close(server);
            assertThat(closed).isNotDone();
            assertThat(client.exactly(Stages.BIG)).hasSize(Stages.BIG);
            assertThat(client.isClosed()).isTrue();
            closed.join();
        }
    }

    @Test
    void answersAClientThatHasJustConnected() throws Exception {
        for (int i = 0; i < 20; i++) {
            Server server = serve(30);
            try (Client client = new Client(server).ask("/quick")) {
                server.close();
                assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void cutsWhatDoesNotEndInTime() throws Exception {
        Server server = serve(0);
        try (LogCapture log = new LogCapture();
                Client running = new Client(server).ask("/wait")) {
            stages.awaitBegun(1);
            server.close();
            assertThat(running.isClosed()).isTrue();
            assertThat(log.lines()).contains("WARNING:waitress:cutting 1 connection whose requests have not ended");
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("waitress-loop");
    }
}
