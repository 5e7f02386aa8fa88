package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java example, compiled against the jar and served by the command. */
@Timeout(60)
class JavaApplicationIT {
    @TempDir
    private static Path classes;

    @BeforeAll
    static void compileTheExample() throws Exception {
        String javac = Path.of(System.getProperty("java.home"), "bin", "javac").toString();
        String source = Path.of(System.getProperty("waitress.root"), "examples", "Hello.java")
                .toString();
        Process compiler = new ProcessBuilder(
                        javac, "-d", classes.toString(), "-cp", System.getProperty("waitress.jar"), source)
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
    }

    private static Command serve() throws Exception {
        return Command.start(Map.of("CLASSPATH", classes.toString()), "--listen=127.0.0.1:0", "--app-class=Hello");
    }

    @Test
    void isServed() throws Exception {
        try (Command command = serve();
                Client client = command.connect()) {
            assertThat(client.ask("/").receive().head()).contains("\r\nContent-Length: 17\r\n");
            assertThat(client.ask("/nowhere").receive().status()).isEqualTo(404);
            client.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n\u00e4\n\r\n0\r\n\r\n");
            assertThat(client.receive().body()).isEqualTo("abc\u00e4\n");
            assertThat(client.ask("/count").receive().body())
                    .isEqualTo(IntStream.rangeClosed(1, 1000)
                            .mapToObj(n -> n + "\n")
                            .collect(Collectors.joining()));
            assertThat(command.stop()).isZero();
        }
    }

    @Test
    void takesALargeBody() throws Exception {
        try (Command command = serve();
                Client client = command.connect()) {
            String body = "0123456789abcdef".repeat(200_000);
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.receive().body().equals(body)).isTrue();
            assertThat(command.stop()).isZero();
        }
    }

    @Test
    void thatFailsIsAnsweredWith500AndLogged() throws Exception {
        try (Command command = serve()) {
            assertThat(Client.get(command.port(), "/fail").status()).isEqualTo(500);
            command.awaitLog(Pattern.compile("ERROR:waitress:Exception while serving /fail"));
            command.awaitLog(Pattern.compile("IllegalStateException: as asked for"));
            assertThat(Client.get(command.port(), "/").status()).isEqualTo(200);
            assertThat(command.stop()).isZero();
        }
    }
}
