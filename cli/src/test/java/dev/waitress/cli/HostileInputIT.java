package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Requests that somebody has tampered with, through the real front and a real worker. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts descriptors in /proc")
class HostileInputIT {
    private static final int MUTATIONS = 10_000;

    /** What is alive on the heap differs by some hundred KiB from one collection to the next. */
    private static final long MOST_GROWTH_BYTES = 2 << 20;

    private static final List<String> VALID = List.of(
            "GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nCookie: a=1; b=2\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n",
            "GET http://a:80/%41?q HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT /x HTTP/1.1\r\nHost: [::1]:80\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");

    @Test
    void leavesNoTraceAndNoGrowth() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Command server = Command.serveNamed("stages:anything")) {
            int port = server.port();
            send(port, random, MUTATIONS / 2);
            long before = liveBytes(server.pid());
            send(port, random, MUTATIONS / 2);
            assertThat(liveBytes(server.pid()) - before).as("seed %d", seed).isLessThan(MOST_GROWTH_BYTES);
            assertThat(Client.get(port, "/").status()).isEqualTo(200);
            assertThat(server.stop()).isZero();
            assertThat(server.log().lines()).as("seed %d", seed).hasSize(1);
        }
    }

    @Test
    void survivesClientsThatResetTheirConnection() throws Exception {
        try (Command server = Command.serveNamed("stages:anything")) {
            Client.get(server.port(), "/");
            long before = descriptors(server.pid());
            for (int i = 0; i < 1000; i++) {
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    client.setSoLinger(true, 0);
                    if (i % 2 == 0) {
                        client.getOutputStream()
                                .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
            // Each answer is a turn of the loop in which it may take notice of what was closed.
            for (int i = 0; i < 1000 && descriptors(server.pid()) > before; i++) {
                assertThat(Client.get(server.port(), "/").status()).isEqualTo(200);
            }
            assertThat(descriptors(server.pid())).isLessThanOrEqualTo(before);
            assertThat(server.stop()).isZero();
            assertThat(server.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void ignoresUrgentData() throws Exception {
        try (Command server = Command.serveNamed("stages:anything");
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.setSoTimeout(30_000);
            client.sendUrgentData('!');
            client.getOutputStream().write(VALID.get(0).getBytes(StandardCharsets.US_ASCII));
            client.sendUrgentData('!');
            assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
            assertThat(server.stop()).isZero();
            assertThat(server.log().lines()).hasSize(1);
        }
    }

    @Test
    void refusesAHugeHeadInLinearTime() throws Exception {
        try (Command server = Command.serveNamed("stages:anything", "--max-request-headers=100000")) {
            for (String fields : List.of("a:b\r\n".repeat(50_000), "X: " + "x".repeat(250_000) + "\u0010\r\n")) {
                try (Client client = server.connect().send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")) {
                    assertThat(client.receive().status()).isIn(200, 400);
                }
            }
            assertThat(Client.get(server.port(), "/").status()).isEqualTo(200);
        }
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    private static void send(int port, Random random, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            byte[] request = VALID.get(random.nextInt(VALID.size())).getBytes(StandardCharsets.ISO_8859_1);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(30_000);
                client.getOutputStream().write(mutated(request, random));
                client.shutdownOutput();
                client.getInputStream().readAllBytes();
            } catch (SocketException e) {
                // a reset is an answer too
            }
        }
    }

    private static byte[] mutated(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = without(bytes, at);
                default -> bytes = doubled(bytes, at, random);
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at) {
        byte[] shorter = new byte[Math.max(1, bytes.length - 1)];
        System.arraycopy(bytes, 0, shorter, 0, Math.min(at, shorter.length));
        System.arraycopy(bytes, Math.min(at + 1, bytes.length), shorter, at, Math.max(0, shorter.length - at));
        return shorter;
    }

    private static byte[] doubled(byte[] bytes, int at, Random random) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(40));
        byte[] longer = new byte[bytes.length + count];
        System.arraycopy(bytes, 0, longer, 0, at + count);
        System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
        return longer;
    }

    /** Bytes on the heap of another JVM that something still refers to. */
    private static long liveBytes(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram").start();
        String histogram = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        // the last line: Total, objects, bytes
        return Long.parseLong(histogram.trim().replaceFirst("(?s).* ", ""));
    }
}
