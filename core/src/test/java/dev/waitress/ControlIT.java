package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What operators of a Java application learn over the control socket. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ControlIT {
    @TempDir
    private Path folder;

    private final Stages stages = new Stages();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void stop() {
        log.close();
    }

    private Path socket() {
        return folder.resolve("ctl");
    }

    private Settings settings() {
        return Settings.defaults()
                .with(Setting.LISTEN, List.of("127.0.0.1:0"))
                .with(Setting.CONTROL_SOCKET, socket().toString())
                .with(Setting.THREADS, 1);
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket()));
        return channel;
    }

    private String ask(String method, String path) throws IOException {
        try (SocketChannel channel = connect()) {
            channel.write(StandardCharsets.US_ASCII.encode(method + " " + path + " HTTP/1.0\r\n\r\n"));
            ByteBuffer answer = ByteBuffer.allocate(1 << 20);
            while (channel.read(answer) >= 0) {
                // until all is there
            }
            return StandardCharsets.UTF_8.decode(answer.flip()).toString();
        }
    }

    @Test
    void isForTheServersOwnUserAlone() throws Exception {
        try (Server server = Waitress.start(stages, settings())) {
            assertThat(server.addresses()).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tellsWhatATaskThreadRuns() throws Exception {
        try (Server server = Waitress.start(stages, settings());
                Client busy = new Client(server).ask("/wait");
                Client next = new Client(server).ask("/wait/next")) {
            stages.awaitBegun(1);
            assertThat(ask("GET", "/status"))
                    .contains("\"answered\": null")
                    .contains("\"running\": [{\"thread\": \"waitress-0\", \"request\": \"GET /wait\", \"age\": ");
            assertThat(ask("GET", "/stacks.txt"))
                    .contains("\n  waitress-0: GET /wait, ")
                    .contains(Stages.class.getName() + ".call(Stages.java:");
            stages.release("/wait");
            stages.release("/wait/next");
            assertThat(busy.body()).isEqualTo("/wait");
            assertThat(next.body()).isEqualTo("/wait/next");
        }
    }

    @Test
    void refusesWhatCannotBe() throws Exception {
        try (Server server = Waitress.start(stages, settings())) {
            assertThat(server.addresses()).hasSize(1);
            assertThat(ask("POST", "/reload.txt")).startsWith("HTTP/1.0 409 ").contains("cannot be loaded again");
            assertThat(ask("POST", "/add.txt")).startsWith("HTTP/1.0 409 ").contains("no worker processes");
            assertThat(ask("POST", "/remove.txt")).startsWith("HTTP/1.0 409 ");
            assertThat(ask("POST", "/stop.txt")).as("of a program").startsWith("HTTP/1.0 409 ");
        }
    }

    /** Many who say nothing keep nobody from asking. */
    @Test
    void bearsThoseThatHang() throws Exception {
        List<SocketChannel> hanging = new ArrayList<>();
        try (Server server = Waitress.start(stages, settings());
                Client client = new Client(server)) {
            for (int i = 0; i < 100; i++) {
                hanging.add(connect());
            }
            assertThat(ask("GET", "/status")).startsWith("HTTP/1.0 200 OK");
            stages.release("/wait/quick");
            assertThat(client.ask("/wait/quick").body()).isEqualTo("/wait/quick");
        } finally {
            for (SocketChannel each : hanging) {
                each.close();
            }
        }
    }

    @Test
    void replacesTheSocketOfAServerThatIsGoneAndNothingElse() throws Exception {
        try (Server server = Waitress.start(stages, settings())) {
            assertThatThrownBy(() -> Waitress.start(stages, settings()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unix:" + socket() + ": Address already in use");
            assertThat(server.addresses()).hasSize(1);
            assertThat(ask("GET", "/status")).startsWith("HTTP/1.0 200 OK");
        }
        Files.writeString(socket(), "mine");
        assertThatThrownBy(() -> Waitress.start(stages, settings())).isInstanceOf(IOException.class);
        assertThat(socket()).hasContent("mine");
    }
}
