package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class CtlTest {
    private static final String OK = "200 OK";

    @TempDir
    private Path folder;

    /** What one run of the command came to. */
    private record Run(int status, String out, String err) {}

    private Path socket() {
        return folder.resolve("ctl");
    }

    private Run run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(List.of(arguments), environment, stream(out), stream(err));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private Run ctl(String... arguments) {
        return run(Map.of("WAITRESS_CONTROL_SOCKET", socket().toString()), arguments);
    }

    /** Runs it before a server that answers so; returns what that was asked, and then the run. */
    private List<Object> answered(String answer, String... arguments) throws IOException {
        List<Object> seen = new ArrayList<>();
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket()));
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> answerOne(listening, answer));
            Run run = ctl(arguments);
            seen.add(asked.join());
            seen.add(run);
        }
        return seen;
    }

    /** As a control socket answers. */
    private static String answer(String status, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 " + status + "\r\nWaitress-Control: 1\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    private static String answerOne(ServerSocketChannel listening, String answer) {
        try (SocketChannel client = listening.accept()) {
            ByteBuffer request = ByteBuffer.allocate(1000);
            while (!new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII)
                    .endsWith("\r\n\r\n")) {
                client.read(request);
            }
            client.write(StandardCharsets.UTF_8.encode(answer));
            return StandardCharsets.US_ASCII.decode(request.flip()).toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ctl status, GET /status.txt",
        "ctl --json status, GET /status",
        "ctl stacks --json, GET /stacks",
        "ctl reload, POST /reload.txt",
        "ctl add, POST /add.txt",
        "ctl remove, POST /remove.txt",
        "ctl stop, POST /stop.txt",
        "top, GET /status.txt",
    })
    void asksTheServerAndShowsItsAnswer(String arguments, String request) throws IOException {
        assertThat(answered(answer(OK, "naïve: all is well\n"), arguments.split(" ")))
                .containsExactly(request + " HTTP/1.0\r\n\r\n", new Run(0, "naïve: all is well\n", ""));
    }

    @Test
    void failsWhereTheServerRefuses() throws IOException {
        assertThat(answered(answer("409 Conflict", "the last worker stays\n"), "ctl", "remove"))
                .endsWith(new Run(1, "the last worker stays\n", ""));
    }

    /** The path of the application's own socket, for example: its 200 says nothing of what was asked for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "+OK this is not HTTP\r\n\r\n",
                "hm\r\n\r\n",
            })
    void doesNotBelieveAnotherServer(String answer) throws IOException {
        String error = "Error: " + socket() + ": what listens there is not the control socket of a server\n";
        assertThat(answered(answer, "ctl", "stop")).endsWith(new Run(1, "", error));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nWaitress-Control: 1\r\n",
                "HTTP/1.1 200 OK\r\nWaitress-Control: 1\r\nContent-Length: 9\r\n\r\n{",
            })
    void saysThatTheServerHasClosedTheConnection(String answer) throws IOException {
        List<Object> seen = answered(answer, "ctl", "status");
        assertThat((Run) seen.get(1)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).startsWith("Error: the server has closed the connection");
        });
    }

    @Test
    void takesThePathOfTheOptionFirst() {
        Run run = run(Map.of("WAITRESS_CONTROL_SOCKET", "/one"), "ctl", "status", "--control-socket=/other");
        assertThat(run).isEqualTo(new Run(1, "", "Error: no server has its control socket at /other\n"));
        assertThat(run(Map.of(), "ctl", "--control-socket", "/other", "status").err())
                .isEqualTo("Error: no server has its control socket at /other\n");
    }

    @Test
    void saysThatTheServerIsGone() throws IOException {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket()))
                .close();
        assertThat(ctl("ctl", "status"))
                .isEqualTo(new Run(1, "", "Error: " + socket() + ": the server that had it is gone\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ctl", "ctl nothing", "ctl status stacks", "ctl --port=1 status", "top status", "top --json"})
    void saysWhatIsWrongWithTheUsage(String arguments) {
        Run run = ctl(arguments.split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Error: ").endsWith("\nTry 'waitress-serve ctl --help'.\n");
    }

    @Test
    void wantsToKnowTheSocket() {
        assertThat(run(Map.of(), "ctl", "status").err())
                .startsWith("Error: no control socket: give --control-socket=PATH, or set WAITRESS_CONTROL_SOCKET\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctl --help", "ctl status -h", "top --help"})
    void helps(String arguments) {
        Run run = ctl(arguments.split(" "));
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Usage: waitress-serve ctl ");
        assertThat(Stream.of("status", "stacks", "reload", "add", "remove", "stop"))
                .allMatch(command -> Arrays.stream(run.out().split("\\s+")).anyMatch(command::equals));
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    }
}
