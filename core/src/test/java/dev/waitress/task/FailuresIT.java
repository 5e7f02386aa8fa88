package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java applications that fail, on a server with one task thread: it must go on. */
@Timeout(60)
class FailuresIT {
    private static final Settings ONE_THREAD =
            Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0")).with(Setting.THREADS, 1L);

    /** Fails as the path says. */
    private static final Application FAILING = (environ, startResponse) -> {
        switch (String.valueOf(environ.put("PATH_INFO", "/moved"))) {
            case "/exception" -> throw new IllegalStateException("boom \u20ac");
            case "/io" -> throw new IOException("the disk of the application");
            case "/timeout" -> throw new SocketTimeoutException("a backend");
            case "/interrupted" -> throw new InterruptedException("by the application");
            case "/interrupts" -> Thread.currentThread().interrupt();
            case "/overflow" -> overflow(0);
            case "/memory" -> throw new OutOfMemoryError("said so");
            case "/unprintable" -> throw new Unprintable();
            case "/late" -> {
                startResponse.start("200 OK", List.of(new Header("Content-Length", "9")));
                return FailuresIT::lateFailure;
            }
            default -> {}
        }
        startResponse.start("200 OK", List.of());
        return List.of("fine".getBytes(StandardCharsets.US_ASCII));
    };

    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public void printStackTrace(PrintStream stream) {
            throw this;
        }

        @Override
        public void printStackTrace(PrintWriter writer) {
            throw this;
        }
    }

    private static Iterator<byte[]> lateFailure() {
        return new Iterator<>() {
            private boolean first = true;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public byte[] next() {
                if (!first) {
                    throw new UncheckedIOException(new IOException("too late"));
                }
                first = false;
                return new byte[] {'a', 'b'};
            }
        };
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    /** What the server sends until it closes. */
    private static String get(Server server, String path) throws IOException {
        int port = ((InetSocketAddress) server.addresses().get(0)).getPort();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(30_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "io", "timeout", "interrupted", "overflow", "memory"})
    void areAnsweredWith500AndLogged(String kind) throws Exception {
        try (LogCapture log = new LogCapture();
                Server server = Waitress.start(FAILING, ONE_THREAD.with(Setting.LOG_SOCKET_ERRORS, false))) {
            assertThat(get(server, "/" + kind))
                    .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                    .contains("\r\n\r\nThe server encountered an unexpected internal server error\r\n\r\n");
            assertThat(log.lines()).containsExactly("SEVERE:waitress:Exception while serving /" + kind);
            assertThat(log.thrown()).isNotNull();
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void thatCannotBePrintedAreAnsweredToo() throws Exception {
        try (LogCapture log = new LogCapture();
                Server server = Waitress.start(FAILING, ONE_THREAD)) {
            assertThat(get(server, "/unprintable")).startsWith("HTTP/1.1 500 ");
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("SEVERE:waitress:Exception while serving /unprintable\n")
                    .contains("at dev.waitress.task.FailuresIT");
        }
    }

    @Test
    void anInterruptedThreadGoesOn() throws Exception {
        try (Server server = Waitress.start(FAILING, ONE_THREAD)) {
            assertThat(get(server, "/interrupts")).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(get(server, "/")).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void areShownToTheClientOnRequestOnly() throws Exception {
        try (LogCapture log = new LogCapture();
                Server server = Waitress.start(FAILING, ONE_THREAD.with(Setting.EXPOSE_TRACEBACKS, true))) {
            assertThat(get(server, "/exception"))
                    .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n")
                    .contains("java.lang.IllegalStateException: boom \u20ac")
                    .contains("\tat " + FailuresIT.class.getName())
                    .endsWith("\r\n\r\n(generated by waitress)");
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void afterTheHeadCutTheConnection() throws Exception {
        try (LogCapture log = new LogCapture();
                Server server = Waitress.start(FAILING, ONE_THREAD)) {
            assertThat(get(server, "/late")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nab");
            assertThat(log.lines()).containsExactly("SEVERE:waitress:Exception while serving /late");
        }
    }

    @Test
    void cannotForgeALogLine() throws Exception {
        Application application = (environ, startResponse) -> {
            throw new IllegalStateException("as asked for");
        };
        try (LogCapture log = new LogCapture();
                Server server = Waitress.start(application, ONE_THREAD)) {
            get(server, "/%0AERROR:waitress:forged%1b[2J");
            assertThat(log.lines())
                    .containsExactly("SEVERE:waitress:Exception while serving /\\x0aERROR:waitress:forged\\x1b[2J");
        }
    }
}
