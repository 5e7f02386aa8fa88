package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.testkit.TlsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every case of wire/ against a running server, over a socket: by plain HTTP, and by HTTPS with the same bytes. */
@Timeout(120)
class WireCorpusIT {
    private static final int CLIENTS = 16;

    /** How clients come, in the order of the addresses. */
    private enum Way {
        HTTPS,
        HTTP;

        Socket connect(InetSocketAddress address) throws IOException {
            if (this == HTTP) {
                return new Socket(address.getAddress(), address.getPort());
            }
            try {
                return TlsClient.trusting().getSocketFactory().createSocket(address.getAddress(), address.getPort());
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }

    /** One server for each set of limits. */
    private static final Map<List<String>, Server> SERVERS = new HashMap<>();

    @BeforeAll
    static void start() throws Exception {
        for (WireCase wire : WireCorpus.cases().toList()) {
            if (!SERVERS.containsKey(wire.limits())) {
                SERVERS.put(
                        wire.limits(),
                        Waitress.start(
                                new EchoApplication(),
                                wire.settings()
                                        .with(Setting.LISTEN, List.of("127.0.0.1:0"))
                                        .with(Setting.SELF_SIGNED, true)
                                        .with(Setting.HTTP_LISTEN, List.of("127.0.0.1:0"))));
            }
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(Server::close);
    }

    @ParameterizedTest
    @EnumSource
    void inOneWriteEndsAsTheCaseSays(Way way) throws Exception {
        assertAll(way, wire -> List.of(withFollowUp(wire)));
    }

    @ParameterizedTest
    @EnumSource
    void inTwoWritesEndsAsTheCaseSays(Way way) throws Exception {
        assertAll(way, wire -> {
            byte[] all = withFollowUp(wire);
            int cut = new SplittableRandom(wire.name().hashCode()).nextInt(1, wire.input().length + 1);
            return List.of(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length));
        });
    }

    @ParameterizedTest
    @EnumSource
    void isToldToGoOnWhereItWaitsForThat(Way way) throws Exception {
        List<WireCase> waiting =
                WireCorpus.cases().filter(WireCase::awaitsContinue).toList();
        assertThat(waiting).isNotEmpty();
        for (WireCase wire : waiting) {
            byte[] all = withFollowUp(wire);
            int head = new String(all, ISO_8859_1).indexOf("\r\n\r\n") + 4;
            try (Exchange exchange = exchange(way, wire).send(Arrays.copyOf(all, head))) {
                assertThat(exchange.isToldToContinue()).as(wire.name()).isTrue();
                assertSame(
                        wire,
                        exchange.send(Arrays.copyOfRange(all, head, all.length)).outcomes());
            }
        }
    }

    /** How the bytes of a case are written. */
    private interface Writes {
        List<byte[]> of(WireCase wire);
    }

    private static void assertAll(Way way, Writes writes) throws Exception {
        List<WireCase> cases = WireCorpus.cases().toList();
        List<Callable<List<Outcome>>> exchanges = new ArrayList<>();
        for (WireCase wire : cases) {
            exchanges.add(() -> outcomes(way, wire, writes.of(wire)));
        }
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<List<Outcome>>> received = clients.invokeAll(exchanges);
        clients.shutdown();
        for (int i = 0; i < cases.size(); i++) {
            assertSame(cases.get(i), received.get(i).get());
        }
    }

    private static List<Outcome> outcomes(Way way, WireCase wire, List<byte[]> writes) throws IOException {
        try (Exchange exchange = exchange(way, wire)) {
            for (byte[] write : writes) {
                exchange.send(write);
            }
            return exchange.outcomes();
        } catch (IOException e) {
            throw new IOException(wire.name() + ": " + e.getMessage(), e);
        }
    }

    private static Exchange exchange(Way way, WireCase wire) throws IOException {
        Server server = SERVERS.get(wire.limits());
        if (server == null) {
            throw new IllegalStateException("no server for " + wire);
        }
        InetSocketAddress address = (InetSocketAddress) server.addresses().get(way == Way.HTTPS ? 0 : 1);
        return new Exchange(wire.expectedBefore(WireCorpus.FOLLOW_UP), way.connect(address));
    }

    private static byte[] withFollowUp(WireCase wire) {
        byte[] next = wire.isIncomplete() ? new byte[0] : WireCorpus.FOLLOW_UP.input();
        byte[] both = Arrays.copyOf(wire.input(), wire.input().length + next.length);
        System.arraycopy(next, 0, both, wire.input().length, next.length);
        return both;
    }

    /** Whether a client waits for 100 (Continue) is seen only by {@link #isToldToGoOnWhereItWaitsForThat}. */
    private static void assertSame(WireCase wire, List<Outcome> received) {
        List<Outcome> visible = wire.expectedBefore(WireCorpus.FOLLOW_UP).stream()
                .map(outcome -> outcome.without("100-continue"))
                .toList();
        assertThat(Outcome.inTheWordsOf(visible, received)).as(wire.name()).isEqualTo(visible);
    }
}
