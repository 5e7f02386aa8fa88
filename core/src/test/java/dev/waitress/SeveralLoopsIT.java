package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of two event loops, of which the first one accepts them all and has them answered. */
@Timeout(60)
class SeveralLoopsIT {
    private final Stages stages = new Stages();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void stopCapture() {
        log.close();
    }

    private Server serve(String... given) throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>(Map.of("listen", "127.0.0.1:0", "loops", "2"));
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

    @Test
    void areAnsweredOnBoth() throws Exception {
        try (Server server = serve()) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(served(server));
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .contains("waitress-loop", "waitress-loop-1");
            for (Client each : clients) {
                assertThat(each.ask("/quick").body()).isEmpty();
                each.close();
            }
        }
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void haveLargeAnswersOnBoth() throws Exception {
        try (Server server = serve();
                Client first = served(server);
                Client second = served(server)) {
            assertThat(first.ask("/big").body()).hasSize(Stages.BIG);
            assertThat(second.ask("/big").body()).hasSize(Stages.BIG);
        }
    }

    @Test
    void areWaitedForAtTheEnd() throws Exception {
        Server server = serve();
        try (Client first = new Client(server).ask("/wait/1");
                Client second = new Client(server).ask("/wait/2");
                Client idle = served(server)) {
            stages.awaitBegun(3);
            CountDownLatch closed = new CountDownLatch(1);
            Thread closing = new Thread(() -> {
                server.close();
                closed.countDown();
            });
            closing.start();
            assertThat(idle.isClosed()).isTrue();
            stages.release("/wait/1");
            assertThat(first.body()).isNotNull();
            assertThat(closed.getCount()).isOne();
            stages.release("/wait/2");
            assertThat(second.body()).isNotNull();
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
            closing.join();
        }
        assertThat(log.lines()).contains("INFO:waitress:waiting for 2 requests, at most 30 s");
    }

    @Test
    void haveOneLimit() throws Exception {
        try (Server server = serve("connection_limit", "2");
                Client first = new Client(server).ask("/wait");
                Client second = new Client(server).ask("/wait")) {
            stages.awaitBegun(2);
            try (Client third = new Client(server).ask("/quick")) {
                stages.release("/wait");
                assertThat(first.body()).isNotNull();
                assertThat(second.body()).isNotNull();
                assertThat(third.body()).isEmpty();
            }
        }
    }

    @Test
    void haveOneLimitForEachAddress() throws Exception {
        try (Server server = serve("connections_per_address", "2");
                Client first = served(server);
                Client second = served(server)) {
            try (Client third = new Client(server)) {
                assertThat(third.isClosed()).isTrue();
            }
            assertThat(first.ask("/quick").body()).isEmpty();
            assertThat(second.ask("/quick").body()).isEmpty();
        }
    }

    @Test
    void leaveAndTheirApplicationLearnsIt() throws Exception {
        try (Server server = serve();
                Client first = served(server)) {
            Client second = new Client(server).ask("/gone");
            stages.awaitBegun(2);
            second.reset();
            assertThat(stages.gone.tryAcquire(1, 20, TimeUnit.SECONDS)).isTrue();
            assertThat(first.ask("/quick").body()).isEmpty();
        }
    }
}
