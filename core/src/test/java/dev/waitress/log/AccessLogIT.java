package dev.waitress.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.LogCapture;
import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of a server with a Java application. */
@Timeout(60)
class AccessLogIT {
    private static final Application APPLICATION = (environ, startResponse) -> {
        if ("/fails".equals(environ.get("PATH_INFO"))) {
            throw new IllegalStateException("as asked for");
        }
        startResponse.start("201 Created", List.of(new Header("X-Kind", "a \"b\"")));
        return List.of(String.valueOf(environ.get("waitress.request_id")).getBytes(StandardCharsets.US_ASCII));
    };

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("access.log");
    }

    private Settings logging(String format) {
        return listening().with(Setting.ACCESS_LOG, file().toString()).with(Setting.ACCESS_LOG_FORMAT, format);
    }

    private static Settings listening() {
        return Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0"));
    }

    /** What the server sends to these bytes until it closes. */
    private static String send(Server server, String bytes) throws IOException {
        int port = ((InetSocketAddress) server.addresses().get(0)).getPort();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(String target, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + more + "Connection: close\r\n\r\n";
    }

    /** The one line that a request leaves. */
    private String lineOf(String format, String request) throws Exception {
        try (Server server = Waitress.start(APPLICATION, logging(format))) {
            send(server, request);
        }
        List<String> lines = Files.readAllLines(file(), StandardCharsets.ISO_8859_1);
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    @Nested
    class Combined {
        @Test
        void isThatOfApache() throws Exception {
            assertThat(lineOf("combined", get("/a%20b?c", "Referer: http://r/", "User-Agent: wget/1 (x)")))
                    .matches("127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}] "
                            + "\"GET /a%20b\\?c HTTP/1\\.1\" 201 \\d+ \"http://r/\" \"wget/1 \\(x\\)\"");
        }

        @Test
        void cannotBeForged() throws Exception {
            assertThat(lineOf("combined", get("/%22", "Referer: a\" 200 1 \"\tb", "User-Agent: \u00c3\u00a4")))
                    .endsWith("\"GET /%22 HTTP/1.1\" 201 4 \"a\\\" 200 1 \\\"\\x09b\" \"\\xc3\\xa4\"");
        }
    }

    @Nested
    class Json {
        @Test
        void tellsWhoAndHowLong() throws Exception {
            assertThat(lineOf("json", get("/x", "User-Agent: u")))
                    .matches("\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d\","
                            + "\"remote_addr\":\"127\\.0\\.0\\.1\",\"request\":\"GET /x HTTP/1\\.1\",\"status\":201,"
                            + "\"bytes\":14,\"referer\":null,\"user_agent\":\"u\",\"connection\":\"-\","
                            + "\"queue_us\":\\d+,\"application_us\":\\d+,\"total_us\":\\d+,"
                            + "\"worker\":\"waitress-\\d\",\"request_id\":\"[0-9a-f]{12}-1\"}");
        }

        @Test
        void cannotBeForged() throws Exception {
            assertThat(lineOf(
                            "json",
                            get("/", "Referer: \",\"status\":200,\\", "User-Agent: \u00c3\u00a4\t\u00ff\u00c2\u0085")))
                    .contains("\"referer\":\"\\\",\\\"status\\\":200,\\\\\",")
                    .contains("\"user_agent\":\"\u00c3\u00a4\\u0009\\u00ff\\u00c2\\u0085\",");
        }
    }

    @Nested
    class Formats {
        @Test
        void haveADirectiveForEachPart() throws Exception {
            assertThat(lineOf("%a %m %U %q %H %v %X 100%% %{x-kind}o %{host}i %{nope}i %{nope}o %T", get("/p/q?r=s")))
                    .isEqualTo("127.0.0.1 GET /p/q r=s HTTP/1.1 a.example - 100% a \\\"b\\\" a.example - - 0");
        }

        @Test
        void measureInMicroseconds() throws Exception {
            String[] times = lineOf("%{queue}x %{application}x %D %{us}T %{ms}T %{sec}t %{msec}t", get("/"))
                    .split(" ", -1);
            long total = Long.parseLong(times[2]);
            assertThat(Long.parseLong(times[0]) + Long.parseLong(times[1])).isLessThanOrEqualTo(total);
            assertThat(Long.parseLong(times[3])).isEqualTo(total);
            assertThat(Long.parseLong(times[4])).isEqualTo(total / 1000);
            assertThat(times[6]).startsWith(times[5]);
        }

        @ParameterizedTest
        @ValueSource(strings = {"%k", "%{x}x", "%{x}t", "%{x}T", "%{x}h", "%", "%{Referer", "%>"})
        void areRefusedAtTheStart(String format) {
            assertThatThrownBy(() -> Waitress.start(APPLICATION, logging(format)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("access_log_format: ");
        }
    }

    @Nested
    class Requests {
        private static final String FORMAT = "\"%r\" %>s %B %X %{worker}x %{queue}x";

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET / HTTP/1.1\r\nX A\r\n\r\n|\"GET / HTTP/1.1\" 400 56 - - -",
                    "\r\n\r\nNO \"LINE\u0001 AT ALL\r\n\r\n|\"NO \\\"LINE\\x01 AT ALL\" 400 ",
                    "GET / HTTP/3.0\r\n\r\n|\"GET / HTTP/3.0\" 505 ",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n|\"POST / HTTP/1.1\" 413 ",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n|\"POST / HTTP/1.1\" 400 ",
                })
        void thatAreRefusedLeaveALine(String requestAndLine) throws Exception {
            String[] parts = requestAndLine.split("\\|", 2);
            assertThat(lineOf(FORMAT, parts[0])).startsWith(parts[1]).endsWith(" - - -");
        }

        @Test
        void thatFailLeaveALine() throws Exception {
            try (LogCapture log = new LogCapture()) {
                assertThat(lineOf(FORMAT, get("/fails")))
                        .matches("\"GET /fails HTTP/1\\.1\" 500 110 - waitress-\\d \\d+");
                assertThat(log.lines()).hasSize(1);
            }
        }

        @Test
        void onOneConnectionLeaveOneLineEach() throws Exception {
            try (Server server = Waitress.start(APPLICATION, logging("%r %X"))) {
                send(server, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/3"));
            }
            assertThat(Files.readAllLines(file()))
                    .containsExactly("GET /1 HTTP/1.1 +", "HEAD /2 HTTP/1.1 +", "GET /3 HTTP/1.1 -");
        }
    }

    @Nested
    class Ids {
        @Test
        void areTheSameForLogApplicationAndClient() throws Exception {
            String answer;
            try (Server server = Waitress.start(APPLICATION, logging("%{id}x"))) {
                answer = send(server, get("/", "X-Request-ID: of-a-stranger"));
                send(server, get("/"));
            }
            List<String> ids = Files.readAllLines(file());
            assertThat(ids).hasSize(2).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{12}-[12]"));
            assertThat(answer)
                    .contains("\r\nX-Request-ID: " + ids.get(0) + "\r\n")
                    .endsWith("\r\n\r\n" + ids.get(0));
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "AZaz09._~:/+=@-", "128 times x"})
        void areThoseOfATrustedProxy(String id) throws Exception {
            String given = id.replace("128 times x", "x".repeat(128));
            try (Server server = Waitress.start(APPLICATION, trusting("127.0.0.1"))) {
                assertThat(send(server, get("/", "x-request-id: " + given)))
                        .contains("\r\nX-Request-ID: " + given + "\r\n")
                        .endsWith("\r\n\r\n" + given);
            }
            assertThat(Files.readAllLines(file())).containsExactly(given);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "two words", "a\"b", "\u00e4", "129 times x"})
        void areNotJustAnythingOfATrustedProxy(String id) throws Exception {
            String given = id.replace("129 times x", "x".repeat(129));
            try (Server server = Waitress.start(APPLICATION, trusting("127.0.0.1"))) {
                send(server, get("/", "X-Request-ID: " + given));
            }
            assertThat(Files.readAllLines(file())).singleElement().asString().matches("[0-9a-f]{12}-1");
        }

        @Test
        void areNotThoseOfSomebodyElse() throws Exception {
            try (Server server = Waitress.start(APPLICATION, trusting("127.0.0.2"))) {
                send(server, get("/", "X-Request-ID: of-a-stranger"));
            }
            assertThat(Files.readAllLines(file())).singleElement().asString().matches("[0-9a-f]{12}-1");
        }

        private Settings trusting(String proxy) {
            return logging("%{id}x")
                    .with(Setting.TRUSTED_PROXY, List.of(proxy))
                    .with(Setting.TRUSTED_PROXY_HEADERS, List.of("forwarded"));
        }

        @Test
        void areThoseOfAnApplicationThatSetsThem() throws Exception {
            Application naming = (environ, startResponse) -> {
                startResponse.start("200 OK", List.of(new Header("X-Request-Id", "its own")));
                return List.of();
            };
            try (Server server = Waitress.start(naming, logging("%{id}x %{x-request-id}o"))) {
                assertThat(send(server, get("/")))
                        .containsOnlyOnce("X-Request-I")
                        .contains("\r\nX-Request-Id: its own\r\n");
            }
            assertThat(Files.readAllLines(file())).singleElement().asString().matches("[0-9a-f]{12}-1 its own");
        }

        @Test
        void areThereOnlyIfWanted() throws Exception {
            try (Server server = Waitress.start(APPLICATION, listening())) {
                assertThat(send(server, get("/")).toLowerCase(Locale.ROOT))
                        .doesNotContain("x-request-id")
                        .endsWith("\r\n\r\nnull");
            }
            Settings settings = listening().with(Setting.REQUEST_ID, true).with(Setting.REQUEST_ID_HEADER, "X-Trace");
            try (LogCapture log = new LogCapture();
                    Server server = Waitress.start(APPLICATION, settings)) {
                assertThat(send(server, get("/"))).containsPattern("\r\nX-Trace: [0-9a-f]{12}-1\r\n");
                assertThat(send(server, get("/fails"))).containsPattern("\r\nX-Trace: [0-9a-f]{12}-2\r\n");
                assertThat(send(server, "nonsense\r\n\r\n")).containsPattern("\r\nX-Trace: [0-9a-f]{12}-3\r\n");
                assertThat(log.lines()).hasSize(1);
            }
        }
    }

    @Nested
    class LogFiles {
        @Test
        void areOpenedAgainWithoutALossWhenTheyWereMoved() throws Exception {
            Path moved = directory.resolve("access.log.1");
            try (Server server = Waitress.start(APPLICATION, logging("%U"))) {
                send(server, get("/before"));
                Files.move(file(), moved);
                send(server, get("/between"));
                server.reopenLogs();
                while (!Files.exists(file())) {
                    Thread.onSpinWait();
                }
                send(server, get("/after"));
            }
            List<String> all = new ArrayList<>(Files.readAllLines(moved));
            all.addAll(Files.readAllLines(file()));
            assertThat(all).containsExactly("/before", "/between", "/after");
            assertThat(Files.readAllLines(file())).endsWith("/after");
        }

        @Test
        @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full")
        void thatAreFullStopNobody() throws Exception {
            try (LogCapture log = new LogCapture()) {
                int requests = 0;
                try (Server server = Waitress.start(APPLICATION, logging("%U").with(Setting.ACCESS_LOG, "/dev/full"))) {
                    server.reopenLogs();
                    while (requests < 3 || log.lines().isEmpty()) {
                        assertThat(send(server, get("/"))).startsWith("HTTP/1.1 201 ");
                        requests++;
                    }
                }
                assertThat(log.lines())
                        .containsExactly(
                                "WARNING:waitress:cannot write the access log /dev/full: No space left on device",
                                "WARNING:waitress:the access log is written too slowly: " + requests
                                        + " lines were dropped");
            }
        }

        @Test
        void thatCannotBeOpenedStopTheStart() {
            Settings settings = logging("%U")
                    .with(Setting.ACCESS_LOG, directory.resolve("no/such").toString());
            assertThatThrownBy(() -> Waitress.start(APPLICATION, settings))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot open the access log: " + directory + "/no/such (No such file or directory)");
        }
    }
}
