package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When a connection is judged by the clock. Once a server that had been at rest itself (stopped, or collecting garbage)
 * closed connections whose requests lay in the kernel: 16 were lost after a pause.
 */
@Timeout(60)
class ConnectionTimesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private static Connection only(LoopFixture server) {
        return server.clients.connections().get(0);
    }

    private static int open(LoopFixture server) {
        return server.clients.connections().size();
    }

    @Nested
    class Sweep {
        @Test
        void closesWhoHasBeenIdle() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    only(server).place().vacateIfUnused(server.loop.nowNanos() + HOUR, HOUR - 1);
                    return open(server);
                });
                assertThat(client.getInputStream().read()).isNegative();
            }
        }

        @Test
        void servesARequestThatLiesInTheKernel() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                List<String> served = server.inOneTurn(() -> {
                    LoopFixture.send(client, GET);
                    only(server).place().vacateIfUnused(server.loop.nowNanos() + HOUR, 1);
                    server.answer(new byte[0]);
                    return server.targets;
                });
                assertThat(served).containsExactly("/");
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 200 OK");
            }
        }

        @Test
        void leavesTheRestOfARequestThatLiesInTheKernel() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
                int left = server.inOneTurn(() -> {
                    LoopFixture.send(client, "b");
                    only(server).place().vacateIfUnused(server.loop.nowNanos() + HOUR, 1);
                    return open(server);
                });
                assertThat(left).isOne();
                LoopFixture.send(client, "c");
                server.awaitAsked(1);
            }
        }

        /** Once 9 of 12,651 answers were cut so: of an application that had taken longer than the time-out. */
        @Test
        void doesNotCutAnAnswerOfTheSameTurn() throws Exception {
            byte[] body = new byte[16 << 20];
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.answer(body);
                    only(server).place().vacateIfUnused(server.loop.nowNanos(), 0);
                    return null;
                });
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 200 OK");
                assertThat(client.getInputStream().readNBytes(body.length)).hasSize(body.length);
            }
        }

        @Test
        void cutsWhoDoesNotReadTheAnswer() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.answer(new byte[64 << 20]);
                    return null;
                });
                int left = server.inOneTurn(() -> {
                    // What the kernel takes now is sent before; the second time it takes nothing.
                    for (int i = 0; i < 100 && open(server) > 0; i++) {
                        only(server).place().vacateIfUnused(server.loop.nowNanos() + HOUR, 1);
                    }
                    return open(server);
                });
                assertThat(left).isZero();
            }
        }
    }

    @Nested
    class Limits {
        private void send(LoopFixture server, Socket client, String first, String rest) throws Exception {
            LoopFixture.send(client, first);
            while (server.inOneTurn(() -> only(server).isIdle())) {
                Thread.onSpinWait();
            }
            server.inOneTurn(() -> {
                LoopFixture.send(client, rest);
                only(server).enforceDeadlines(server.loop.nowNanos() + HOUR);
                return null;
            });
        }

        @Test
        void refuseWhatHasNotCome() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                send(server, client, "GET / HTTP/1.1\r\n", "Host: ");
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.0 408 Request Timeout");
            }
        }

        @Test
        void refuseABodyThatHasNotCome() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                send(server, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", "b");
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 408 Request Timeout");
            }
        }

        @Test
        void sayNothingToWhoHasSentNothing() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, "\r\n"); // as good as nothing
                server.inOneTurn(() -> {
                    only(server).enforceDeadlines(server.loop.nowNanos() + HOUR);
                    return null;
                });
                assertThat(server.inOneTurn(() -> only(server).isIdle())).isTrue();
                // More than once: what still lies in the kernel is something new at first.
                while (server.inOneTurn(() -> !server.clients.connections().isEmpty())) {
                    server.inOneTurn(() -> {
                        server.clients
                                .connections()
                                .forEach(c -> c.place().vacateIfUnused(server.loop.nowNanos() + HOUR, 1));
                        return null;
                    });
                }
                assertThat(client.getInputStream().read()).isNegative();
            }
        }

        @Test
        void countAHeadThatLiesInTheKernel() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                send(server, client, "GET / HTTP/1.1\r\n", "Host: a\r\n\r\n");
                server.awaitAsked(1);
            }
        }

        @Test
        void countABodyThatLiesInTheKernel() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                send(server, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", "bc");
                server.awaitAsked(1);
            }
        }
    }

    @Nested
    class Stop {
        @Test
        void servesARequestThatLiesInTheKernel() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    LoopFixture.send(client, GET);
                    server.clients.drain(() -> {});
                    server.answer(new byte[0]);
                    return null;
                });
                assertThat(LoopFixture.head(client))
                        .startsWith("HTTP/1.1 200 OK")
                        .contains("Connection: close");
            }
        }

        /** A client that is between its connection and its request cannot know of it. */
        @Test
        void servesTheFirstRequestOfWhoHasJustCome() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    server.clients.drain(() -> {});
                    return null;
                });
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.answer(new byte[0]);
                    return null;
                });
                assertThat(LoopFixture.head(client))
                        .startsWith("HTTP/1.1 200 OK")
                        .contains("Connection: close");
            }
        }

        @Test
        void closesWhoHasComeAndSaysNothing() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    server.clients.drain(() -> {});
                    return null;
                });
                assertThat(client.getInputStream().read()).isNegative();
            }
        }

        @Test
        void isAnnouncedByTheAnswersBeforeIt() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect();
                    Socket idle = server.connect()) {
                server.inOneTurn(() -> {
                    server.clients.sendAway();
                    return null;
                });
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.answer(new byte[0]);
                    return null;
                });
                assertThat(LoopFixture.head(client)).contains("Connection: close");
                LoopFixture.send(idle, GET);
                server.awaitAsked(2);
            }
        }

        @Test
        void servesTheRequestBehindAnAnswerThatKeptTheConnection() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.answer(new byte[0]); // before it is known that the server stops
                    server.clients.drain(() -> {});
                    LoopFixture.send(client, GET);
                    return null;
                });
                assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 200 OK");
                server.awaitAsked(2);
            }
        }

        @Test
        void servesAllThatWasSentInOnePiece() throws Exception {
            try (LoopFixture server = new LoopFixture(Map.of());
                    Socket client = server.connect()) {
                LoopFixture.send(client, GET + GET + GET);
                server.awaitAsked(1);
                server.inOneTurn(() -> {
                    server.clients.drain(() -> {});
                    return null;
                });
                for (int i = 1; i <= 3; i++) {
                    server.awaitAsked(i);
                    server.inOneTurn(() -> {
                        server.answer(new byte[0]);
                        return null;
                    });
                    assertThat(LoopFixture.head(client)).startsWith("HTTP/1.1 200 OK");
                }
                assertThat(client.getInputStream().read()).isNegative();
            }
        }
    }

    @Nested
    class Prefaces {
        private static final Map<String, String> BEHIND_A_PROXY =
                Map.of("proxy_protocol", "true", "trusted_proxy", "*", "connection_limit", "1");

        private static final String PREFACE = "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n";

        @Test
        void thatLieInTheKernelAreReadBeforeTheyAreTooLate() throws Exception {
            try (LoopFixture server = new LoopFixture(BEHIND_A_PROXY);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    LoopFixture.send(client, PREFACE + GET);
                    only(server).enforceDeadlines(server.loop.nowNanos() + HOUR);
                    return null;
                });
                server.awaitAsked(1);
            }
        }

        @Test
        void thatLieInTheKernelAreReadBeforeTheyAreSwept() throws Exception {
            try (LoopFixture server = new LoopFixture(BEHIND_A_PROXY);
                    Socket client = server.connect()) {
                server.inOneTurn(() -> {
                    LoopFixture.send(client, PREFACE + GET);
                    only(server).place().vacateIfUnused(server.loop.nowNanos() + HOUR, 1);
                    return null;
                });
                server.awaitAsked(1);
            }
        }

        /** Who makes room is read once more, by the same buffer of the loop: what stood behind the preface was lost. */
        @Test
        void loseNothingBehindThemWhenAnotherMakesRoom() throws Exception {
            try (LoopFixture server = new LoopFixture(BEHIND_A_PROXY);
                    Socket first = server.connect()) {
                LoopFixture.send(first, PREFACE + GET);
                server.awaitAsked(1);
                try (Socket second = server.connect()) {
                    server.inOneTurn(() -> {
                        server.answer(new byte[0]);
                        return null;
                    });
                    assertThat(LoopFixture.head(first)).startsWith("HTTP/1.1 200 OK");
                    LoopFixture.send(second, PREFACE + GET.replace(" / ", " /second "));
                    server.awaitAsked(2);
                    assertThat(server.inOneTurn(() -> server.targets)).containsExactly("/", "/second");
                    assertThat(first.getInputStream().read()).isNegative();
                }
            }
        }
    }
}
