package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** System calls of the front that fail: a library in front of the C library makes them do so. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "LD_PRELOAD")
class SocketErrorsIT {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void compile() throws InterruptedException {
        int status = -1;
        try {
            status = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-o", library(), "src/test/c/failing_sockets.c", "-ldl")
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            // no C compiler here: skipped below
        }
        assumeTrue(status == 0, "needs a C compiler");
    }

    private static String library() {
        return directory.resolve("failing_sockets.so").toString();
    }

    private static Command serve(String option) throws Exception {
        return Command.start(Map.of("LD_PRELOAD", library()), "--listen=127.0.0.1:0", option, "stages:app");
    }

    private static void provoke(Command server) throws Exception {
        // Waits in the backlog for the next try.
        assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
        try (Client client = server.connect().send("connection times out")) {
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
    }

    @Test
    void areLoggedWithTheirTraceback() throws Exception {
        try (Command server = serve("--log-socket-errors")) {
            provoke(server);
            server.awaitLog(Pattern.compile("^ERROR:waitress:Socket error$"));
            assertThat(server.stop()).isZero();
            assertThat(server.log())
                    .containsPattern(
                            "WARNING:waitress:server accept\\(\\) threw an exception\njava.*: Cannot allocate memory\n\tat ")
                    .containsPattern("ERROR:waitress:Socket error\njava.*: Connection timed out\n\tat ");
        }
    }

    @Test
    void areNotLoggedIfNotWanted() throws Exception {
        try (Command server = serve("--no-log-socket-errors")) {
            provoke(server);
            assertThat(server.stop()).isZero();
            assertThat(server.log().lines()).hasSize(1);
        }
    }
}
