package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.net.Binder;
import dev.waitress.platform.Platform;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListenersTest {
    private static final Application CLIENT_ADDRESS = (environ, response) -> {
        byte[] body =
                (environ.get("REMOTE_ADDR") + " " + environ.get("SERVER_PORT")).getBytes(StandardCharsets.US_ASCII);
        response.start("200 OK", List.of(new Header("Content-Length", String.valueOf(body.length))));
        return List.of(body);
    };

    private static final byte[] IPV4 = {127, 0, 0, 1};
    private static final byte[] IPV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static SocketAddress loopback(byte[] address, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(address), port);
    }

    private static Server serve(String... given) throws IOException, InterruptedException {
        Settings settings = Settings.defaults();
        for (int i = 0; i < given.length; i += 2) {
            settings = settings.withText(given[i], given[i + 1]);
        }
        return Waitress.start(CLIENT_ADDRESS, settings);
    }

    private static List<Integer> ports(Server server) {
        return server.addresses().stream()
                .map(address -> ((InetSocketAddress) address).getPort())
                .toList();
    }

    /** The body of the answer; empty if the connection was closed without one. */
    private static String get(SocketAddress address) throws IOException {
        try (SocketChannel client = SocketChannel.open(address)) {
            client.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            while (client.read(answer) >= 0) {
                // until the server closes
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
            return text.isEmpty() ? "" : text.substring(text.indexOf("\r\n\r\n") + 4);
        } catch (SocketException e) {
            return "";
        }
    }

    @Nested
    class Tcp {
        @Test
        void takesAFreePortForEachZero() throws Exception {
            try (Server server = serve("listen", "127.0.0.1:0 127.0.0.1:0")) {
                assertThat(ports(server)).hasSize(2).doesNotContain(0).doesNotHaveDuplicates();
                for (SocketAddress address : server.addresses()) {
                    assertThat(get(address)).isEqualTo("127.0.0.1 " + ((InetSocketAddress) address).getPort());
                }
            }
        }

        @Test
        void servesBothFamiliesOnOnePort() throws Exception {
            assumeTrue(Binder.hasIpv6(), "this machine has no IPv6");
            int port = freePort();
            try (Server server = serve("listen", "*:" + port)) {
                assertThat(ports(server)).containsExactly(port, port);
                assertThat(get(loopback(IPV4, port))).isEqualTo("127.0.0.1 " + port);
                assertThat(get(loopback(IPV6, port))).isEqualTo("::1 " + port);
            }
        }

        @Test
        void keepsIpv4AwayFromAnIpv6Address() throws Exception {
            assumeTrue(Binder.hasIpv6(), "this machine has no IPv6");
            try (Server server = serve("listen", "[::]:0")) {
                int port = ports(server).get(0);
                assertThat(get(loopback(IPV6, port))).isEqualTo("::1 " + port);
                assertThat(get(loopback(IPV4, port))).isEmpty();
            }
        }

        @Test
        void namesTheAddressThatCannotBeHadAndClosesTheOthers() throws Exception {
            int first = freePort();
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String entries = "127.0.0.1:" + first + " 127.0.0.1:" + taken.getLocalPort();
                assertThatThrownBy(() -> serve("listen", entries))
                        .isInstanceOf(IOException.class)
                        .hasMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
            }
            new ServerSocket(first, 1, InetAddress.getLoopbackAddress()).close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("waitress-loop");
        }

        @Test
        void bindsAtOnceAfterAStop() throws Exception {
            int port = freePort();
            for (int i = 0; i < 3; i++) {
                try (Server server = serve("listen", "127.0.0.1:" + port)) {
                    assertThat(get(server.addresses().get(0))).isNotEmpty();
                }
            }
        }

        @Test
        void sharesItsPortOnlyWhereThatIsAskedFor() throws Exception {
            Server old = serve("listen", "127.0.0.1:0", "reuse_port", "yes");
            String same = "127.0.0.1:" + ports(old).get(0);
            try {
                assertThatThrownBy(() -> serve("listen", same)).hasMessageContaining("Address already in use");
                try (Server next = serve("listen", same, "reuse_port", "yes")) {
                    old.close();
                    assertThat(get(next.addresses().get(0))).isNotEmpty();
                }
            } finally {
                old.close();
            }
        }

        @Test
        void sharesItsPortWithAWarningWhereTheSystemDoesNotBalance() throws Exception {
            System.setProperty(Platform.PROPERTY, "macos");
            try (LogCapture log = new LogCapture();
                    Server server = serve("listen", "127.0.0.1:0", "reuse_port", "yes")) {
                assertThat(get(server.addresses().get(0))).isNotEmpty();
                assertThat(log.lines())
                        .contains(
                                "WARNING:waitress:reuse_port: here one of the servers on a port gets all new connections");
            } finally {
                System.clearProperty(Platform.PROPERTY);
            }
        }

        @Test
        void refusesToShareItsPortWhereThatWouldTakeItAway() {
            System.setProperty(Platform.PROPERTY, "windows");
            try {
                assertThatThrownBy(() -> serve("listen", "127.0.0.1:0", "reuse_port", "yes"))
                        .hasMessage("reuse_port: this platform cannot share a port");
                assertThatThrownBy(() -> serve("listen", "127.0.0.1:http"))
                        .hasMessageContaining("Windows does not support service names");
            } finally {
                System.clearProperty(Platform.PROPERTY);
            }
        }

        @Test
        void servesSocketsThatWereOpenedBefore() throws Exception {
            ServerSocketChannel socket =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Settings settings = Settings.defaults().with(Setting.SOCKETS, List.of(socket));
            try (Server server = Waitress.start(CLIENT_ADDRESS, settings)) {
                assertThat(server.addresses()).containsExactly(socket.getLocalAddress());
                assertThat(get(socket.getLocalAddress())).isNotEmpty();
            }
            assertThat(socket.isOpen()).isFalse();
        }

        private int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }
    }

    @Nested
    class Unix {
        @TempDir
        Path directory;

        private Path path() {
            return directory.resolve("app.sock");
        }

        private Server serveThere(String... more) throws IOException, InterruptedException {
            List<String> given = new ArrayList<>(List.of("unix_socket", path().toString()));
            given.addAll(List.of(more));
            return serve(given.toArray(String[]::new));
        }

        @Test
        void isServedAndRemoved() throws Exception {
            try (Server server = serveThere("url_scheme", "https", "unix_socket_perms", "660")) {
                assertThat(server.addresses()).containsExactly(UnixDomainSocketAddress.of(path()));
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                        .isEqualTo("rw-rw----");
                assertThat(get(server.addresses().get(0))).isEqualTo("localhost 443");
            }
            assertThat(directory).isEmptyDirectory();
        }

        /** As many bytes as the address of a socket has room for, be it that a folder beside is longer for a moment. */
        @Test
        void hasAPathThatFillsTheAddress() throws Exception {
            String folder = directory + "/";
            Path path = Path.of(folder + "s".repeat(103 - folder.length()));
            try (Server server = serve("unix_socket", path.toString())) {
                assertThat(get(server.addresses().get(0))).isEqualTo("localhost 80");
            }
            assertThat(directory).isEmptyDirectory();
        }

        @Test
        void neverHasAWiderMode() throws Exception {
            Set<String> seen = ConcurrentHashMap.newKeySet();
            AtomicBoolean done = new AtomicBoolean();
            Thread watcher = new Thread(() -> watch(seen, done));
            watcher.start();
            for (int i = 0; i < 50; i++) {
                serveThere("unix_socket_perms", "600").close();
            }
            done.set(true);
            watcher.join();
            assertThat(seen).isSubsetOf("rw-------");
        }

        private void watch(Set<String> seen, AtomicBoolean done) {
            while (!done.get()) {
                try {
                    seen.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
                } catch (NoSuchFileException e) {
                    // not there at this moment
                } catch (IOException e) {
                    seen.add(e.toString());
                }
            }
        }

        @Test
        void replacesWhatACrashLeft() throws Exception {
            ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            crashed.bind(UnixDomainSocketAddress.of(path())).close();
            assertThat(path()).exists();
            try (Server server = serveThere()) {
                assertThat(get(server.addresses().get(0))).isEqualTo("localhost 80");
            }
        }

        @Test
        void isLeftToALiveServerAlsoWhenItsQueueIsFull() throws Exception {
            try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                live.bind(UnixDomainSocketAddress.of(path()), 1);
                List<SocketChannel> waiting = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    waiting.add(SocketChannel.open(live.getLocalAddress()));
                }
                refusesToListen("Address already in use");
                for (SocketChannel client : waiting) {
                    client.close();
                }
                assertThat(path()).exists();
            }
        }

        @Test
        void doesNotReplaceAnotherKindOfFile() throws Exception {
            Files.writeString(path(), "precious");
            refusesToListen("Address already in use");
            assertThat(path()).hasContent("precious");
            Files.delete(path());
            assumeTrue(new ProcessBuilder("mkfifo", path().toString()).start().waitFor() == 0, "no mkfifo");
            refusesToListen("Address already in use");
            assertThat(path()).exists();
        }

        @Test
        void needsItsDirectory() throws Exception {
            Files.delete(directory);
            refusesToListen("no such directory");
            Files.createDirectory(directory);
        }

        @Test
        void saysWhyTheFileCannotBeMade() throws Exception {
            Files.delete(directory);
            directory = Path.of("/proc"); // no file can be made there, whoever asks
            refusesToListen("no such directory");
        }

        private void refusesToListen(String reason) {
            assertThatThrownBy(this::serveThere)
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on unix:" + path() + ": " + reason);
        }

        @Test
        void isNotRemovedWhenItIsAnothersMeanwhile() throws Exception {
            Server server = serveThere();
            Files.delete(path());
            Files.writeString(path(), "another's");
            server.close();
            assertThat(path()).hasContent("another's");
        }

        @Test
        void doesNotStandBesideTcpInOneList() throws Exception {
            try (ServerSocketChannel tcp = ServerSocketChannel.open().bind(null);
                    ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                unix.bind(UnixDomainSocketAddress.of(path()));
                Settings mixed = Settings.defaults().with(Setting.SOCKETS, List.of(tcp, unix));
                assertThatThrownBy(mixed::requireConsistent).hasMessage("Internet and UNIX sockets may not be mixed.");
            }
        }
    }
}
