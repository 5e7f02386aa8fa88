package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
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

    private static TestClient served(Server server) throws IOException {
        TestClient client = new TestClient(server);
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
                    TestClient first = served(server);
                    TestClient second = served(server)) {
                first.ask("/quick").body();
                try (TestClient third = served(server)) {
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
                    TestClient busy = new TestClient(server).ask("/wait")) {
                stages.awaitBegun(1);
                try (TestClient waiting = new TestClient(server).ask("/quick");
                        TestClient another = new TestClient(server).ask("/quick")) {
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
                TestClient first = served(server);
                TestClient second = served(server)) {
            try (TestClient third = new TestClient(server)) {
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
                    TestClient running = new TestClient(server).ask("/wait");
                    TestClient silent = new TestClient(server);
                    TestClient idle = served(server);
                    TestClient slow = new TestClient(server).send("GET / HT")) {
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
                    TestClient stalled = new TestClient(server).ask("/endless")) {
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
                    TestClient client = new TestClient(server).ask("/gone")) {
                stages.awaitBegun(1);
                client.reset();
                stages.gone.acquire();
            }
        }

        @Test
        void aClientThatHasOnlyEndedItsSideIsThere() throws Exception {
            try (Server server = serve();
                    TestClient client = new TestClient(server).ask("/gone")) {
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
                    TestClient running = new TestClient(server).ask("/wait")) {
                stages.awaitBegun(1);
                try (TestClient queued = new TestClient(server).ask("/gone")) {
                    awaitQueueDepth(1);
                    queued.reset();
                }
                // Another client that waits shows that the loop has seen the reset.
                try (TestClient later = new TestClient(server).ask("/quick")) {
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
                TestClient running = new TestClient(server).ask("/wait")) {
            stages.awaitBegun(1);
            try (TestClient first = new TestClient(server).ask("/quick")) {
                awaitQueueDepth(1);
                try (TestClient second = new TestClient(server).ask("/quick")) {
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
