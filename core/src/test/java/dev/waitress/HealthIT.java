package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.task.TaskDispatcher;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells of itself, with a Java application behind it. */
@Timeout(60)
class HealthIT {
    private static final Pattern URL = Pattern.compile(".*:Health on http://127\\.0\\.0\\.1:(\\d+)");
    private static final String READY = "{\"ready\": true, \"reasons\": []}\n";
    private static final String STARTING = "{\"ready\": false, \"reasons\": [\"starting\"]}\n";
    private static final String DRAINING = "{\"ready\": false, \"reasons\": [\"draining\"]}\n";

    private final Stages stages = new Stages();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void stop() {
        log.close();
    }

    private static Settings settings() {
        return Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0")).with(Setting.THREADS, 1);
    }

    private static Settings watched() {
        return settings().with(Setting.HEALTH_LISTEN, List.of("127.0.0.1:0"));
    }

    /** Where it is told; waits until that is logged. */
    private int healthPort() {
        while (true) {
            for (String line : log.lines()) {
                Matcher url = URL.matcher(line);
                if (url.matches()) {
                    return Integer.parseInt(url.group(1));
                }
            }
            Thread.onSpinWait();
        }
    }

    @Nested
    class BesideTheApplication {
        @Test
        void isToldWhileEveryThreadIsBusy() throws Exception {
            try (Server server = Waitress.start(stages, settings().with(Setting.HEALTH, true));
                    Client busy = new Client(server).ask("/wait");
                    Client probe = new Client(server)) {
                stages.awaitBegun(1);
                assertThat(probe.ask("/-/live").body()).isEqualTo("{\"live\": true}\n");
                assertThat(probe.ask("/-/ready").body()).isEqualTo(READY);
                stages.release("/wait");
                assertThat(busy.body()).isEqualTo("/wait");
            }
        }

        @Test
        void isTheApplicationsUnlessItIsWanted() throws Exception {
            try (Server server = Waitress.start(stages, settings());
                    Client client = new Client(server)) {
                assertThat(client.ask("/-/ready").body()).isEmpty();
                stages.awaitBegun(1);
            }
        }

        @Test
        void dropsWhatComesWithTheQuestion() throws Exception {
            try (Server server = Waitress.start(stages, settings().with(Setting.HEALTH, true));
                    Client client = new Client(server)) {
                client.send("POST /-/live HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
                assertThat(client.head()).startsWith("HTTP/1.1 405 ");
                assertThat(client.ask("/-/live").body()).isEqualTo("{\"live\": true}\n");
            }
        }

        /** Who has asked before the end began, and waits for its turn, learns of the end. */
        @Test
        void tellsOfTheEndWhoeverIsStillThere() throws Exception {
            Server server = Waitress.start(stages, settings().with(Setting.HEALTH, true));
            try (Client client = new Client(server).ask("/wait").ask("/-/ready")) {
                stages.awaitBegun(1);
                CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
                awaitEnd(server);
                stages.release("/wait");
                assertThat(client.body()).isEqualTo("/wait");
                assertThat(client.body()).isEqualTo(DRAINING);
                closed.join();
            }
        }

        @Test
        void leavesNoLineInTheAccessLog(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("access.log");
            Settings logging = settings().with(Setting.HEALTH, true).with(Setting.ACCESS_LOG, file.toString());
            try (Server server = Waitress.start(stages, logging);
                    Client client = new Client(server)) {
                client.ask("/-/live").body();
                client.ask("/quick").body();
                client.ask("/-/ready").body();
            }
            assertThat(Files.readAllLines(file)).singleElement().asString().contains("GET /quick HTTP/1.1");
        }
    }

    /** Returns when no new client can come. */
    private static void awaitEnd(Server server) {
        while (true) {
            try {
                new Client(server).close();
            } catch (IOException e) {
                return;
            }
        }
    }

    @Nested
    class OnAddressesOfItsOwn {
        @Test
        void isToldBeforeTheApplicationIsLoaded() throws Exception {
            CountDownLatch loaded = new CountDownLatch(1);
            CompletableFuture<Server> started = CompletableFuture.supplyAsync(() -> start(loaded));
            try (Client probe = new Client(healthPort())) {
                assertThat(probe.ask("/-/live").body()).isEqualTo("{\"live\": true}\n");
                assertThat(probe.ask("/-/ready").body()).isEqualTo(STARTING);
                loaded.countDown();
                try (Server server = started.join()) {
                    assertThat(server.addresses()).hasSize(1);
                    assertThat(probe.ask("/-/ready").body()).isEqualTo(READY);
                }
            }
        }

        private Server start(CountDownLatch loaded) {
            try {
                return Server.start(watched(), (loop, directory) -> {
                    loaded.await();
                    return new TaskDispatcher(stages, settings(), loop::execute, loop);
                });
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void reachesNothingElse() throws Exception {
            try (Server server = Waitress.start(stages, watched());
                    Client stranger = new Client(healthPort());
                    Client client = new Client(server)) {
                assertThat(stranger.ask("/quick").head()).startsWith("HTTP/1.1 404 ");
                assertThat(stranger.ask("//-/live").head()).startsWith("HTTP/1.1 404 ");
                assertThat(stranger.ask("/-/live").body()).isEqualTo("{\"live\": true}\n");
                stranger.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
                assertThat(stranger.head()).startsWith("HTTP/1.1 413 ");
                assertThat(client.ask("/-/live").body())
                        .as("that of the application")
                        .isEmpty();
                stages.awaitBegun(1);
            }
        }

        @Test
        void isToldUntilTheLastRequestHasEnded() throws Exception {
            Server server = Waitress.start(stages, watched());
            int port = healthPort();
            try (Client client = new Client(server).ask("/wait");
                    Client probe = new Client(port)) {
                stages.awaitBegun(1);
                CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
                awaitEnd(server);
                assertThat(probe.ask("/-/ready").body()).isEqualTo(DRAINING);
                try (Client another = new Client(port)) {
                    assertThat(another.ask("/-/live").body()).isEqualTo("{\"live\": true}\n");
                }
                stages.release("/wait");
                assertThat(client.body()).isEqualTo("/wait");
                closed.join();
                assertThatThrownBy(() -> new Client(port)).isInstanceOf(ConnectException.class);
            }
        }

        @Test
        void mustBeFree() throws Exception {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String address = "127.0.0.1:" + taken.getLocalPort();
                Settings settings = settings().with(Setting.HEALTH_LISTEN, List.of(address));
                assertThatThrownBy(() -> Waitress.start(stages, settings))
                        .isInstanceOf(IOException.class)
                        .hasMessage("cannot listen on " + address + ": Address already in use");
            }
        }

        @Test
        void isGivenUpWhereTheApplicationCannotBeLoaded() {
            assertThatThrownBy(() -> Server.start(watched(), (loop, directory) -> {
                        throw new IOException("cannot be loaded");
                    }))
                    .hasMessage("cannot be loaded");
            assertThatThrownBy(() -> new Client(healthPort())).isInstanceOf(ConnectException.class);
        }

        @Test
        void isNotOpenedForACheck() throws Exception {
            Server.check(settings(), GatewayStarter.of(stages, settings()));
            Server.check(watched(), GatewayStarter.of(stages, settings()));
            assertThat(log.lines()).noneMatch(line -> line.contains("Health on"));
            Settings wrong = settings().with(Setting.HEALTH_LISTEN, List.of("127.0.0.1:no-such-service"));
            assertThatThrownBy(() -> Server.check(wrong, GatewayStarter.of(stages, settings())))
                    .hasMessageContaining("127.0.0.1:no-such-service");
        }
    }
}
