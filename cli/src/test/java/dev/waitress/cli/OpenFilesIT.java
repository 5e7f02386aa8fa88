package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server that may have few open files. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "/proc/self/limits, and a bash")
class OpenFilesIT {
    private static final String FEW = "ulimit -n 128";

    /** Leaves room for the server and some clients, but for fewer than the server counts on. */
    private static final String FEWER = FEW + "; for ((i = 20; i < 100; i++)); do eval \"exec $i</dev/null\"; done";

    private final List<Client> clients = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        for (Client client : clients) {
            client.close();
        }
    }

    @Test
    void closesIdleConnectionsBeforeItRunsOut() throws Exception {
        try (Command command =
                Command.startAfter(FEW, "--listen=127.0.0.1:0", "--connection-limit=500", "stages:app")) {
            command.awaitLog(
                    Pattern.compile("^WARNING:waitress:connection_limit is 64: 128 open files allow no more$"));
            for (int i = 0; i < 150; i++) {
                clients.add(command.connect().ask("/pid"));
                assertThat(clients.get(i).receive().status()).isEqualTo(200);
            }
            assertThat(clients.get(0).isClosed()).isTrue();
            assertThat(command.stop()).isZero();
            assertThat(command.log()).doesNotContain("accept()");
        }
    }

    @Test
    void waitsForDescriptorsWithoutSpinning() throws Exception {
        try (Command command = Command.startAfter(FEWER, "--listen=127.0.0.1:0", "stages:app")) {
            for (int i = 0; i < 60; i++) {
                clients.add(command.connect());
            }
            command.awaitLog(Pattern.compile("^WARNING:waitress:server accept\\(\\) threw an exception$"));
            Duration before = cpu(command);
            Thread.sleep(500); // time is what is measured here
            assertThat(cpu(command).minus(before)).isLessThan(Duration.ofMillis(250));
            assertThat(command.log().lines().filter(line -> line.contains("accept()")))
                    .hasSize(1);
            disconnect();
            assertThat(Client.get(command.port(), "/pid").status()).isEqualTo(200);
            assertThat(command.stop()).isZero();
        }
    }

    private static Duration cpu(Command command) {
        return ProcessHandle.of(command.pid())
                .orElseThrow()
                .info()
                .totalCpuDuration()
                .orElseThrow();
    }
}
