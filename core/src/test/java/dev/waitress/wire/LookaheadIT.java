package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code channel_request_lookahead}: what the server takes of a client while it answers it. */
@Timeout(60)
class LookaheadIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** More than the buffers of both kernels hold. */
    private static final int LARGE_BODY = 64 << 20;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);

    /** Answers with the length of the body. {@code /wait} waits until it may leave, or until the client is gone. */
    private final Application application = (environ, startResponse) -> {
        boolean waits = "/wait".equals(environ.get("PATH_INFO"));
        BooleanSupplier isGone = (BooleanSupplier) Objects.requireNonNull(environ.get("waitress.client_disconnected"));
        begun.countDown();
        while (waits && !leave.await(10, TimeUnit.MILLISECONDS)) {
            if (isGone.getAsBoolean()) {
                gone.countDown();
                break;
            }
        }
        InputStream input = (InputStream) Objects.requireNonNull(environ.get("wsgi.input"));
        byte[] length =
                Long.toString(input.transferTo(OutputStream.nullOutputStream())).getBytes(US_ASCII);
        startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
        return List.of(length);
    };

    private Server serve(int lookahead) throws Exception {
        return serve(lookahead, Setting.ACCESS_LOG, "");
    }

    private <T> Server serve(int lookahead, Setting<T> setting, T value) throws Exception {
        return Waitress.start(
                application,
                Settings.defaults()
                        .with(Setting.LISTEN, List.of("127.0.0.1:0"))
                        .with(Setting.CHANNEL_REQUEST_LOOKAHEAD, (long) lookahead)
                        .with(setting, value));
    }

    /** A client whose first request is being answered. */
    private Socket connect(Server server) throws Exception {
        InetSocketAddress address = (InetSocketAddress) server.addresses().get(0);
        Socket client = new Socket(address.getAddress(), address.getPort());
        send(client, GET.replace(" / ", " /wait "));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    private static void send(Socket client, String text) throws Exception {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String post(int length) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String body(Answers answers) throws Exception {
        return Objects.requireNonNull(answers.next(false)).body();
    }

    /** Sends requests with large bodies; a permit for each that the server has taken. */
    private static Semaphore taken(Socket client, int requests) {
        Semaphore taken = new Semaphore(0);
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < requests; i++) {
                    send(client, post(LARGE_BODY));
                    client.getOutputStream().write(new byte[LARGE_BODY]);
                    taken.release();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sender.setDaemon(true);
        sender.start();
        return taken;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void isSoManyRequestsAndNoMore(int lookahead) throws Exception {
        try (Server server = serve(lookahead);
                Socket client = connect(server)) {
            Semaphore taken = taken(client, lookahead + 1);
            assertThat(taken.tryAcquire(lookahead, 20, TimeUnit.SECONDS)).isTrue();
            assertThat(taken.tryAcquire(500, TimeUnit.MILLISECONDS)).isFalse();
            leave.countDown();
            Answers answers = new Answers(client.getInputStream());
            assertThat(body(answers)).isEqualTo("0");
            for (int i = 0; i <= lookahead; i++) {
                assertThat(body(answers)).isEqualTo(String.valueOf(LARGE_BODY));
            }
        }
    }

    @Test
    void leavesTheAnswersInOrderAndARefusalAtItsPlace() throws Exception {
        try (Server server = serve(5);
                Socket client = connect(server)) {
            send(client, post(3) + "abc" + post(1) + "a" + "GET / HTTP/1.1\r\nHost : a\r\n\r\n" + GET);
            leave.countDown();
            Answers answers = new Answers(client.getInputStream());
            assertThat(List.of(body(answers), body(answers), body(answers))).containsExactly("0", "3", "1");
            Answers.Answer refusal = Objects.requireNonNull(answers.next(false));
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(answers.next(false)).isNull();
        }
    }

    @Test
    void sendsNo100BeforeTheAnswersToEarlierRequests() throws Exception {
        try (Server server = serve(1);
                Socket client = connect(server)) {
            send(client, post(3).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
            client.setSoTimeout(300);
            Answers answers = new Answers(client.getInputStream());
            assertThatThrownBy(() -> answers.next(false)).isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(0);
            leave.countDown();
            assertThat(body(answers)).isEqualTo("0");
            assertThat(Objects.requireNonNull(answers.next(false)).status()).isEqualTo(100);
            send(client, "abc");
            assertThat(body(answers)).isEqualTo("3");
        }
    }

    /**
     * Once a body of 64 MiB seemed lost behind such a request: it counted twice where its body came in a later read.
     */
    @Test
    void sendsNo100ForABodyThatHasComeMeanwhile() throws Exception {
        try (Server server = serve(2);
                Socket client = connect(server)) {
            String head = post(LARGE_BODY).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
            send(client, head);
            client.getOutputStream().write(new byte[LARGE_BODY]); // in many reads
            // When another one behind it has been taken, this one has come.
            assertThat(taken(client, 1).tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            leave.countDown();
            Answers answers = new Answers(client.getInputStream());
            assertThat(List.of(body(answers), body(answers))).containsExactly("0", String.valueOf(LARGE_BODY));
        }
    }

    /** Behind what the client sent on, the end of the connection is seen only by who reads on. */
    @Test
    void noticesThatTheClientIsGoneBehindWhatItSent() throws Exception {
        try (Server server = serve(1)) {
            try (Socket client = connect(server)) {
                send(client, GET);
                client.setSoLinger(true, 0);
            }
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** As in Waitress; an application that streams may end what nobody reads any more. */
    @Test
    void letsTheApplicationKnowThatTheClientHasClosedItsSideAndAnswersIt() throws Exception {
        try (Server server = serve(1);
                Socket client = connect(server)) {
            send(client, GET.replace(" / ", " /wait "));
            client.shutdownOutput();
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
            Answers answers = new Answers(client.getInputStream());
            assertThat(List.of(body(answers), body(answers))).containsExactly("0", "0");
            assertThat(answers.next(false)).isNull();
        }
    }

    @Test
    void isNoneByDefaultAndTheClientThatHasClosedItsSideIsThere() throws Exception {
        try (Server server = serve(0);
                Socket client = connect(server)) {
            client.shutdownOutput();
            assertThat(gone.await(300, TimeUnit.MILLISECONDS)).isFalse();
            leave.countDown();
            assertThat(body(new Answers(client.getInputStream()))).isEqualTo("0");
        }
    }

    /** Once the line of another client's request stood there, with what that client keeps secret. */
    @Test
    void logsOfADelayedRefusalWhatItsClientSent(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("access.log");
        try (Server server = serve(5, Setting.ACCESS_LOG, log.toString());
                Socket client = connect(server)) {
            send(client, "GET /mine HTTP/1.1\r\nHost: a\r\nBroken\r\n\r\n");
            try (Socket other = new Socket(client.getInetAddress(), client.getPort())) {
                // The loop has read the first one before it reads this one.
                send(
                        other,
                        GET.replace(" / ", " /?token=of-another-client-which-is-longer-than-the-line-of-the-first "));
                assertThat(body(new Answers(other.getInputStream()))).isEqualTo("0");
            }
            leave.countDown();
            Answers answers = new Answers(client.getInputStream());
            assertThat(body(answers)).isEqualTo("0");
            assertThat(Objects.requireNonNull(answers.next(false)).status()).isEqualTo(400);
        }
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains(" 400 ")))
                .singleElement()
                .asString()
                .contains("\"GET /mine HTTP/1.1\"");
    }
}
