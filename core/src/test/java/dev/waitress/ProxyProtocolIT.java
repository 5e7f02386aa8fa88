package dev.waitress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.proxy.Prefaces;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a header of the PROXY protocol, and those that do not. */
@Timeout(60)
class ProxyProtocolIT {
    private static final String ONCE = ". This is said once for each address.";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LAST_REQUEST = "GET / HTTP/1.0\r\n\r\n";
    private static final Pattern BODY = Pattern.compile("<(.*?)>");

    private enum Way {
        TCP("127.0.0.1"),
        UNIX("localhost");

        private final String peer;

        Way(String peer) {
            this.peer = peer;
        }
    }

    @TempDir
    private Path folder;

    private final AtomicInteger calls = new AtomicInteger();
    private final LogCapture log = new LogCapture(Level.FINE);

    @AfterEach
    void stopCapture() {
        log.close();
    }

    private Server serve(Way way, String... given) throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>(Map.of("proxy_protocol", "yes", "trusted_proxy", way.peer));
        settings.put(
                way == Way.TCP ? "listen" : "unix_socket",
                way == Way.TCP ? "127.0.0.1:0" : folder.resolve("s").toString());
        for (int i = 0; i < given.length; i += 2) {
            settings.put(given[i], given[i + 1]);
        }
        Application application = (environ, response) -> {
            calls.incrementAndGet();
            String shown = "<" + environ.get("REMOTE_ADDR") + " " + environ.get("REMOTE_PORT") + " "
                    + environ.get("wsgi.url_scheme") + ">";
            response.start("200 OK", List.of(new Header("Content-Length", String.valueOf(shown.length()))));
            return List.of(shown.getBytes(ISO_8859_1));
        };
        return Waitress.start(application, Settings.ofText(settings));
    }

    private static SocketChannel connect(Server server) throws IOException {
        return SocketChannel.open(server.addresses().get(0));
    }

    private static SocketChannel connect(Server server, String sent) throws IOException {
        SocketChannel client = connect(server);
        try {
            client.write(ByteBuffer.wrap(sent.getBytes(ISO_8859_1)));
        } catch (IOException e) {
            // closed already; what comes shows it
        }
        return client;
    }

    /** All that comes until the server closes the connection. */
    private static String rest(SocketChannel client) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(4096);
        try {
            while (client.read(in) >= 0) {
                received.write(in.array(), 0, in.position());
                in.clear();
            }
        } catch (IOException e) {
            // reset: it had more to read
        }
        return received.toString(ISO_8859_1);
    }

    private static List<String> bodies(SocketChannel client) throws IOException {
        return BODY.matcher(rest(client))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** What the application saw of the client, for each of the requests that were sent. */
    private static List<String> ask(Server server, String sent) throws IOException {
        try (SocketChannel client = connect(server, sent)) {
            return bodies(client);
        }
    }

    private static String answer(Server server, String sent) throws IOException {
        try (SocketChannel client = connect(server, sent)) {
            return rest(client);
        }
    }

    private static String block() {
        return new String(Prefaces.block(), ISO_8859_1);
    }

    @Nested
    class FromATrustedPeer {
        @ParameterizedTest
        @EnumSource
        void areThoseOfTheClientThatIsNamed(Way way) throws Exception {
            try (Server server = serve(way)) {
                for (String preface : List.of(Prefaces.LINE, block())) {
                    assertThat(ask(server, preface + REQUEST + REQUEST + LAST_REQUEST))
                            .hasSize(3)
                            .containsOnly("192.0.2.1 56324 http");
                }
            }
            assertThat(log.lines()).noneMatch(line -> line.startsWith("WARNING"));
        }

        @ParameterizedTest
        @EnumSource
        void areThePeersOwnIfNobodyIsNamed(Way way) throws Exception {
            String local = new String(Prefaces.block("20", "00", ""), ISO_8859_1);
            try (Server server = serve(way)) {
                for (String preface : List.of("PROXY UNKNOWN\r\n", local)) {
                    try (SocketChannel client = connect(server, preface + LAST_REQUEST)) {
                        Object port =
                                client.getLocalAddress() instanceof InetSocketAddress inet ? inet.getPort() : "null";
                        assertThat(bodies(client)).containsExactly(way.peer + " " + port + " http");
                    }
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 8192})
        void mayComeByteByByte(int readBytes) throws Exception {
            try (Server server = serve(Way.TCP, "recv_bytes", String.valueOf(readBytes));
                    SocketChannel client = connect(server)) {
                for (byte each : (block() + REQUEST + LAST_REQUEST).getBytes(ISO_8859_1)) {
                    client.write(ByteBuffer.wrap(new byte[] {each}));
                }
                assertThat(bodies(client)).containsExactly("192.0.2.1 56324 http", "192.0.2.1 56324 http");
            }
        }

        @Test
        void areInTheAccessLogUnderTheirClient() throws Exception {
            Path file = folder.resolve("access");
            try (Server server = serve(Way.TCP, "access_log", file.toString(), "access_log_format", "%h %>s")) {
                ask(server, Prefaces.LINE + LAST_REQUEST);
                answer(server, Prefaces.LINE + "broken\r\n\r\n");
            }
            assertThat(Files.readAllLines(file)).containsExactly("192.0.2.1 200", "192.0.2.1 400");
        }

        @ParameterizedTest
        @ValueSource(strings = {REQUEST, "PROXY TCP4 1.2.3.4\r\n" + REQUEST, "\r\n\r\n\1", "x"})
        void areClosedIfTheyBeginOtherwise(String sent) throws Exception {
            try (Server server = serve(Way.TCP)) {
                assertThat(answer(server, sent)).isEmpty();
                assertThat(calls).hasValue(0);
            }
        }

        @Test
        void areSaidToBeginOtherwiseOnce() throws Exception {
            String line =
                    "waitress:refused a connection from 127.0.0.1: its PROXY protocol header does not begin as one";
            try (Server server = serve(Way.TCP)) {
                answer(server, REQUEST);
                answer(server, REQUEST);
                assertThat(log.lines()).contains("WARNING:" + line + ONCE, "FINE:" + line);
                assertThat(ask(server, Prefaces.LINE + LAST_REQUEST)).hasSize(1);
            }
        }
    }

    @Nested
    class FromAnybodyElse {
        @ParameterizedTest
        @EnumSource
        void areClosedWithoutAnAnswer(Way way) throws Exception {
            String line = "waitress:refused a connection from " + way.peer
                    + ": it is not in trusted_proxy, and proxy_protocol is on";
            try (Server server = serve(way, "trusted_proxy", "10.0.0.1")) {
                assertThat(answer(server, Prefaces.LINE + LAST_REQUEST)).isEmpty();
                assertThat(answer(server, block() + LAST_REQUEST)).isEmpty();
                assertThat(answer(server, LAST_REQUEST)).isEmpty();
            }
            assertThat(calls).hasValue(0);
            assertThat(log.lines().stream().filter(each -> each.endsWith(line + ONCE)))
                    .containsExactly("WARNING:" + line + ONCE);
            assertThat(log.lines().stream().filter(each -> each.endsWith(line)))
                    .containsExactly("FINE:" + line, "FINE:" + line);
        }

        @Test
        void areNoWayAroundTheSetting() throws Exception {
            try (Server server = serve(Way.TCP, "proxy_protocol", "no")) {
                assertThat(answer(server, Prefaces.LINE + LAST_REQUEST)).startsWith("HTTP/1.0 400 ");
            }
            assertThat(calls).hasValue(0);
        }
    }

    /** In TCP mode a proxy hands on what its client wrote. */
    @Nested
    class Headers {
        private static final String FORWARDED = "GET / HTTP/1.0\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-For: 203.0.113.66\r\nX-Request-ID: of-the-client\r\n\r\n";

        @Test
        void doNotCountUnlessTheyAreNamed() throws Exception {
            try (Server server = serve(Way.TCP, "request_id", "yes")) {
                assertThat(answer(server, Prefaces.LINE + FORWARDED))
                        .contains("<192.0.2.1 56324 http>")
                        .contains("X-Request-ID: ")
                        .doesNotContain("of-the-client");
            }
            assertThat(log.lines()).noneMatch(line -> line.startsWith("WARNING"));
        }

        @Test
        void countFromTheTrustedPeerIfTheyAreNamed() throws Exception {
            try (Server server = serve(Way.TCP, "request_id", "yes", "trusted_proxy_headers", "x-forwarded-proto")) {
                assertThat(answer(server, Prefaces.LINE + FORWARDED))
                        .contains("<192.0.2.1 56324 https>")
                        .contains("X-Request-ID: of-the-client");
            }
        }
    }

    @Nested
    class Waiting {
        @Test
        void isOverAfterRequestHeadTimeout() throws Exception {
            try (Server server = serve(Way.TCP, "request_head_timeout", "1");
                    SocketChannel silent = connect(server);
                    SocketChannel slow = connect(server, "PROXY TCP4 ")) {
                assertThat(rest(silent) + rest(slow)).isEmpty();
                assertThat(log.lines())
                        .contains("WARNING:waitress:refused a connection from 127.0.0.1: its PROXY protocol header did"
                                + " not come within request_head_timeout" + ONCE);
            }
        }

        @Test
        void isOverAfterChannelTimeoutAtTheLatest() throws Exception {
            try (Server server = serve(
                            Way.TCP, "request_head_timeout", "0", "channel_timeout", "1", "cleanup_interval", "1");
                    SocketChannel silent = connect(server)) {
                assertThat(rest(silent)).isEmpty();
            }
        }

        @Test
        void countsForTheConnectionLimitAndGivesWay() throws Exception {
            try (Server server = serve(Way.TCP, "connection_limit", "1", "request_head_timeout", "0");
                    SocketChannel silent = connect(server, "PROXY ")) {
                assertThat(ask(server, Prefaces.LINE + LAST_REQUEST)).hasSize(1);
                assertThat(rest(silent)).isEmpty();
            }
        }

        @Test
        void doesNotKeepTheServerFromStopping() throws Exception {
            Server server = serve(Way.TCP, "request_head_timeout", "0");
            try (SocketChannel silent = connect(server, "PROXY ");
                    SocketChannel asking = connect(server, Prefaces.LINE + REQUEST)) {
                server.close();
                assertThat(rest(silent)).isEmpty();
                assertThat(bodies(asking)).containsExactly("192.0.2.1 56324 http");
            }
        }
    }

    @Test
    void countForTheAddressOfTheirClient() throws Exception {
        String another = Prefaces.LINE.replace("192.0.2.1", "192.0.2.3");
        try (Server server = serve(Way.TCP, "connections_per_address", "1");
                SocketChannel silent = connect(server);
                SocketChannel first = connect(server, Prefaces.LINE + REQUEST)) {
            assertThat(first.read(ByteBuffer.allocate(1))).isEqualTo(1);
            assertThat(answer(server, Prefaces.LINE + LAST_REQUEST)).isEmpty();
            assertThat(ask(server, another + LAST_REQUEST)).hasSize(1);
            // The silent one is not the proxy's.
            assertThat(ask(server, "PROXY UNKNOWN\r\n" + LAST_REQUEST)).hasSize(1);
            first.shutdownOutput();
            rest(first);
            assertThat(ask(server, Prefaces.LINE + LAST_REQUEST)).hasSize(1);
            silent.write(ByteBuffer.wrap((Prefaces.LINE + LAST_REQUEST).getBytes(ISO_8859_1)));
            assertThat(bodies(silent)).hasSize(1);
        }
    }
}
