package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections from accept to close: how many, how long, and what ends them. */
@Timeout(60)
class ConnectionLifeIT {
    private final Stages stages = new Stages();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void stopCapture() {
        log.close();
    }

    private Server serve(String... given) throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>(Map.of("listen", "127.0.0.1:0"));
        for (int i = 0; i < given.length; i += 2) {
            settings.put(given[i], given[i + 1]);
        }
        return Waitress.start(stages, Settings.ofText(settings));
    }

    private static Client served(Server server) throws IOException {
        Client client = new Client(server);
        assertThat(client.ask("/quick").body()).isEmpty();
        return client;
    }

    @Nested
    class AtTheConnectionLimit {
        private static final String REACHED =
                "WARNING:waitress:total open connections reached the connection limit, no longer accepting new connections";
        private static final String BELOW =
                "INFO:waitress:total open connections dropped below the connection limit, listening again";

        @Test
        void theOneIdleForLongestMakesRoom() throws Exception {
            try (Server server = serve("connection_limit", "2");
                    Client first = served(server);
                    Client second = served(server)) {
                first.ask("/quick").body();
                try (Client third = served(server)) {
                    assertThat(second.isClosed()).isTrue();
                    assertThat(first.ask("/quick").body()).isEmpty();
                    assertThat(third.ask("/quick").body()).isEmpty();
                }
                assertThat(log.lines()).isEmpty();
            }
        }

        @Test
        void newClientsWaitUntilOneIsIdle() throws Exception {
            try (Server server = serve("connection_limit", "1");
                    Client busy = new Client(server).ask("/wait")) {
                stages.awaitBegun(1);
                try (Client waiting = new Client(server).ask("/quick");
                        Client another = new Client(server).ask("/quick")) {
                    awaitLine(REACHED);
                    stages.release("/wait");
                    assertThat(busy.body()).isEqualTo("/wait");
                    assertThat(waiting.body()).isEmpty();
                    assertThat(another.body()).isEmpty();
                    assertThat(busy.isClosed()).isTrue();
                }
                awaitLine(BELOW);
                assertThat(log.lines()).containsExactly(REACHED, BELOW);
            }
        }
    }

    @Test
    void oneAddressMayBeKeptFromTakingAll() throws Exception {
        try (Server server = serve("connections_per_address", "2");
                Client first = served(server);
                Client second = served(server)) {
            try (Client third = new Client(server)) {
                assertThat(third.isClosed()).isTrue();
            }
            second.send("GET / HTTP/1.0\r\n\r\n").body();
            assertThat(second.isClosed()).isTrue();
            served(server).close();
            assertThat(first.ask("/quick").body()).isEmpty();
        }
    }

    @Nested
    class AfterTheChannelTimeout {
        @Test
        void idleConnectionsAreClosedButNoneThatIsServed() throws Exception {
            try (Server server = serve("channel_timeout", "1", "cleanup_interval", "1");
                    Client running = new Client(server).ask("/wait");
                    Client silent = new Client(server);
                    Client idle = served(server);
                    Client slow = new Client(server).send("GET / HT")) {
                assertThat(List.of(silent.isClosed(), idle.isClosed(), slow.isClosed()))
                        .containsOnly(true);
                stages.release("/wait");
                assertThat(running.body()).isEqualTo("/wait");
            }
        }

        @Test
        void aClientThatHasStoppedReadingIsCutAndItsApplicationToldSo() throws Exception {
            try (Server server =
                            serve("channel_timeout", "1", "cleanup_interval", "1", "outbuf_high_watermark", "100000");
                    Client stalled = new Client(server).ask("/endless")) {
                assertThat(stalled.head()).startsWith("HTTP/1.1 200 OK");
                stages.gone.acquire();
                awaitLine("INFO:waitress:Client disconnected while serving /endless");
            }
        }
    }

    @Nested
    class WhileItsRequestRuns {
        @Test
        void aResetIsNoticed() throws Exception {
            try (Server server = serve();
                    Client client = new Client(server).ask("/gone")) {
                stages.awaitBegun(1);
                client.reset();
                stages.gone.acquire();
            }
        }

        @Test
        void aClientThatHasOnlyEndedItsSideIsThere() throws Exception {
            try (Server server = serve();
                    Client client = new Client(server).ask("/gone")) {
                stages.awaitBegun(1);
                client.endOutput();
                served(server).close();
                stages.release("/gone");
                assertThat(client.body()).isEqualTo("there");
                assertThat(client.isClosed()).isTrue();
            }
        }

        @Test
        void aClientThatLeavesBeforeItsTurnIsNotServed() throws Exception {
            try (Server server = serve("threads", "1");
                    Client running = new Client(server).ask("/wait")) {
                stages.awaitBegun(1);
                try (Client queued = new Client(server).ask("/gone")) {
                    awaitQueueDepth(1);
                    queued.reset();
                }
                // Another client that waits shows that the loop has seen the reset.
                try (Client later = new Client(server).ask("/quick")) {
                    awaitQueueDepth(2);
                    stages.release("/wait");
                    assertThat(running.body()).isEqualTo("/wait");
                    assertThat(later.body()).isEmpty();
                }
                assertThat(stages.gone.availablePermits()).isZero();
            }
        }
    }

    @Test
    void requestsWithoutAFreeThreadAreCountedInTheLog() throws Exception {
        try (Server server = serve("threads", "1");
                Client running = new Client(server).ask("/wait")) {
            stages.awaitBegun(1);
            try (Client first = new Client(server).ask("/quick")) {
                awaitQueueDepth(1);
                try (Client second = new Client(server).ask("/quick")) {
                    awaitQueueDepth(2);
                    stages.release("/wait");
                    assertThat(first.body()).isEmpty();
                    assertThat(second.body()).isEmpty();
                }
            }
            assertThat(running.body()).isEqualTo("/wait");
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING:waitress.queue:Task queue depth is 1",
                            "WARNING:waitress.queue:Task queue depth is 2");
        }
    }

    private void awaitQueueDepth(int depth) {
        awaitLine("WARNING:waitress.queue:Task queue depth is " + depth);
    }

    private void awaitLine(String line) {
        while (!log.lines().contains(line)) {
            Thread.onSpinWait();
        }
    }
}
