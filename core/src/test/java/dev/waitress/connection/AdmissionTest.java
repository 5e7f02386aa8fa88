package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.testkit.ManualClock;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may come in, and for how long. */
@Timeout(60)
class AdmissionTest {
    private static final String GET = Stage.GET;

    /** An answer, for which a test need not wait. */
    private static void answer(LoopFixture server) throws Exception {
        server.inOneTurn(() -> {
            server.answer(new byte[0]);
            return null;
        });
    }

    private static void assertServed(LoopFixture server, Socket client, String sent) throws Exception {
        int before = server.inOneTurn(server.asked::size);
        LoopFixture.send(client, sent);
        server.awaitAsked(before + 1);
        answer(server);
        assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 200 OK");
    }

    private static void assertClosed(Socket client) throws Exception {
        assertThat(client.getInputStream().read()).isNegative();
    }

    @Nested
    class ConnectionsPerAddress {
        private final Map<String, String> settings = Map.of("connections_per_address", "1");

        @Test
        void areBounded() throws Exception {
            try (LoopFixture server = new LoopFixture(settings);
                    Socket first = server.connect();
                    Socket second = server.connect()) {
                assertClosed(second);
                assertServed(server, first, GET);
            }
        }

        @Test
        void makeRoomWhenTheyEnd() throws Exception {
            try (LoopFixture server = new LoopFixture(settings)) {
                try (Socket first = server.connect()) {
                    assertServed(server, first, GET.replace("a\r\n", "a\r\nConnection: close\r\n"));
                    assertClosed(first);
                }
                try (Socket second = server.connect()) {
                    assertServed(server, second, GET);
                }
            }
        }

        /** Those of a proxy count for its clients, of whom each has an address. */
        @Test
        void areThoseOfTheClientsOfAProxy() throws Exception {
            Map<String, String> behindProxy =
                    Map.of("connections_per_address", "1", "proxy_protocol", "true", "trusted_proxy", "*");
            String request = "PROXY TCP4 1.2.3.%d 5.6.7.8 1 2\r\n" + GET;
            try (LoopFixture server = new LoopFixture(behindProxy);
                    Socket first = server.connect();
                    Socket second = server.connect();
                    Socket third = server.connect()) {
                assertServed(server, first, String.format(request, 1));
                assertServed(server, second, String.format(request, 2));
                LoopFixture.send(third, String.format(request, 1));
                assertClosed(third);
            }
        }
    }

    @Nested
    class TheConnectionLimit {
        private final Map<String, String> settings = Map.of("connection_limit", "1");

        @Test
        void restsAsLongAsNobodyCanMakeRoom() throws Exception {
            try (LogCapture log = new LogCapture();
                    LoopFixture server = new LoopFixture(settings);
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                assertThat(server.inOneTurn(() -> server.clients.admission().canTakeOne()))
                        .isFalse();
                assertThat(server.inOneTurn(() -> server.clients.admission().canTakeOne()))
                        .isFalse();
                answer(server);
                LoopFixture.head(client);
                assertThat(server.inOneTurn(() -> server.clients.admission().canTakeOne()))
                        .isTrue();
                assertThat(log.lines())
                        .containsExactly("WARNING:waitress:total open connections reached the connection limit,"
                                + " no longer accepting new connections");
            }
        }

        @Test
        void isSaidOnceToBeKeptAgain() throws Exception {
            try (LogCapture log = new LogCapture();
                    LoopFixture server = new LoopFixture(settings)) {
                try (Socket client = server.connect()) {
                    LoopFixture.send(client, GET.replace("a\r\n", "a\r\nConnection: close\r\n"));
                    server.awaitAsked(1);
                    server.inOneTurn(() -> server.clients.admission().canTakeOne());
                    server.inOneTurn(() -> tick(server));
                    answer(server);
                    LoopFixture.head(client);
                    assertClosed(client);
                }
                assertThat(log.lines()).hasSize(1);
                server.inOneTurn(() -> tick(server));
                server.inOneTurn(() -> tick(server));
                assertThat(log.lines()).hasSize(2).last().asString().startsWith("INFO:waitress:total open connections");
            }
        }

        private boolean tick(LoopFixture server) {
            server.clients.admission().tick();
            return true;
        }
    }

    @Nested
    class Proxies {
        private final Map<String, String> settings = Map.of("proxy_protocol", "true", "trusted_proxy", "127.0.0.1");

        @Test
        void thatNobodyTrustsAreSentAway() throws Exception {
            Map<String, String> another = Map.of("proxy_protocol", "true", "trusted_proxy", "9.9.9.9");
            try (LogCapture log = new LogCapture();
                    LoopFixture server = new LoopFixture(another);
                    Socket first = server.connect();
                    Socket second = server.connect()) {
                assertClosed(first);
                assertClosed(second);
                assertThat(log.lines())
                        .containsExactly("WARNING:waitress:refused a connection from 127.0.0.1: it is not in"
                                + " trusted_proxy, and proxy_protocol is on. This is said once for each address.");
            }
        }

        @Test
        void thatSayNothingOfAClientAreTheClient() throws Exception {
            try (LoopFixture server = new LoopFixture(settings);
                    Socket client = server.connect()) {
                assertServed(server, client, "PROXY UNKNOWN\r\n" + GET);
            }
        }

        @Test
        void thatDoNotBeginWithAPrefaceAreSentAway() throws Exception {
            try (LogCapture log = new LogCapture();
                    LoopFixture server = new LoopFixture(settings);
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET);
                assertClosed(client);
                assertThat(log.lines()).singleElement().asString().contains("its PROXY protocol header does not begin");
            }
        }

        @Test
        void thatSayNothingForLongAreSentAway() throws Exception {
            try (LogCapture log = new LogCapture();
                    LoopFixture server = new LoopFixture(settings);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    Connection only = server.clients.connections().get(0);
                    only.enforceDeadlines(server.loop.nowNanos() + TimeUnit.SECONDS.toNanos(29));
                    assertThat(only.isClosed()).isFalse();
                    only.enforceDeadlines(server.loop.nowNanos() + TimeUnit.SECONDS.toNanos(31));
                    return null;
                });
                assertClosed(client);
                assertThat(log.lines()).singleElement().asString().contains("did not come within request_head_timeout");
            }
        }

        @Test
        void whoseClientSaysNothingLeaveWhereTheServerStops() throws Exception {
            try (LoopFixture server = new LoopFixture(settings);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    LoopFixture.send(client, "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n");
                    server.clients.drain(() -> {});
                    return null;
                });
                assertClosed(client);
            }
        }
    }

    @Nested
    class Time {
        private final ManualClock clock = new ManualClock();

        private void pass(LoopFixture server, long seconds) throws Exception {
            server.inOneTurn(() -> {
                clock.pass(TimeUnit.SECONDS.toNanos(seconds));
                return null;
            });
            server.inOneTurn(() -> null);
        }

        @Test
        void endsConnectionsThatAreNotUsed() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of(), clock);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    server.clients.open(List.of());
                    return null;
                });
                pass(server, 119); // looks come every 30 seconds
                assertThat(server.inOneTurn(() -> server.clients.connections())).hasSize(1);
                while (server.inOneTurn(() -> !server.clients.connections().isEmpty())) {
                    pass(server, 30);
                }
                assertClosed(client);
            }
        }

        @Test
        void endsRequestsThatDoNotCome() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of(), clock);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    server.clients.open(List.of());
                    return null;
                });
                LoopFixture.send(client, "GET / HT");
                while (server.inOneTurn(server.clients::running) == 0) {
                    Thread.onSpinWait();
                }
                pass(server, 31);
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.0 408 Request Timeout");
            }
        }
    }
}
