package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What connections hold on to, and leave behind, while nothing happens on them. */
class IdleConnectionsIT {
    private static final int CONNECTIONS = 200;

    /** Far less than a buffer, far more than what the JVM itself happens to keep meanwhile. */
    private static final int MOST_BYTES = 2048;

    private static final int ROUNDS = 3;

    private static final byte[] BODY = Ascii.bytes("x".repeat(20_000));
    private static final Application PLAIN = (environ, startResponse) -> {
        startResponse.start("200 OK");
        return List.of(BODY);
    };

    /** More than one read takes, and more fields than a parser has room for at first. */
    private static final byte[] REQUEST = Ascii.bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n"
            + "X-Padding: of a head that takes more than one read\r\n".repeat(600) + "\r\n" + "x".repeat(20_000));

    private final List<Socket> clients = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start() throws Exception {
        server = Waitress.start(
                PLAIN,
                Settings.defaults().with(Setting.PORT, 0L).with(Setting.CONNECTION_LIMIT, (ROUNDS + 1L) * CONNECTIONS));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    /** Whatever else lives in this JVM may grow meanwhile: what connections keep shows in every round. */
    @Test
    void keepNothingOfTheirLastRequest() throws IOException {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            int known = clients.size();
            connect();
            List<Socket> fresh = clients.subList(known, clients.size());
            ask(fresh.get(0)); // loads what is loaded once
            long before = heapInUse();
            for (Socket client : fresh) {
                ask(client);
            }
            least = Math.min(least, (heapInUse() - before) / CONNECTIONS);
        }
        assertThat(least).isLessThan(MOST_BYTES);
    }

    /** They borrow a parser while a request arrives: nothing of one client's bytes may reach another. */
    @Test
    void leaveNothingOfTheirBytesToOthers() throws IOException {
        connect();
        byte[] mostEmptyLines = Ascii.bytes("\r\n".repeat(512));
        for (Socket client : clients) {
            client.getOutputStream().write(mostEmptyLines);
        }
        for (Socket client : clients) {
            ask(client);
        }
    }

    private void connect() throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.addresses().get(0);
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(new Socket(InetAddress.getLoopbackAddress(), address.getPort()));
        }
    }

    private static void ask(Socket client) throws IOException {
        client.getOutputStream().write(REQUEST);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200 OK\r\n");
        byte[] body = client.getInputStream().readNBytes(BODY.length);
        assertThat(new String(body, StandardCharsets.ISO_8859_1)).hasSize(BODY.length);
    }

    private static long heapInUse() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
