package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a case of wire/ cannot say: of times, of the log, of clients that close or send on. */
@Timeout(60)
class ConnectionIT {
    private static final int REQUESTS = 25;

    /** More than the buffers of both kernels hold. */
    private static final int ENDLESS_BYTES = 64 << 20;

    private static Server serve(Application application) throws Exception {
        return Waitress.start(application, Settings.defaults().withText(Setting.LISTEN.name(), "127.0.0.1:0"));
    }

    private static InetSocketAddress address(Server server) {
        return (InetSocketAddress) server.addresses().get(0);
    }

    private static Socket connect(Server server) throws Exception {
        return new Socket(address(server).getAddress(), address(server).getPort());
    }

    @Test
    void ofARefusedClientIsLoggedForWhoDebugs() throws Exception {
        try (LogCapture log = new LogCapture(Level.FINE);
                Server server = serve(new EchoApplication());
                Socket client = connect(server)) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: \u001b[31m\r\n\r\n".getBytes(US_ASCII));
            assertThat(new Answers(client.getInputStream()).next(false)).isNotNull();
            assertThat(log.lines())
                    .containsExactly("FINE:waitress:refused a request from 127.0.0.1: 400 Invalid header");
        }
    }

    @Test
    void thatTheClientHasClosedOnItsSideGetsEveryAnswer() throws Exception {
        try (Server server = serve(new EchoApplication());
                Socket client = connect(server)) {
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(REQUESTS).getBytes(US_ASCII));
            client.shutdownOutput();
            Answers answers = new Answers(client.getInputStream());
            for (int i = 1; i <= REQUESTS; i++) {
                Answers.Answer answer = answers.next(false);
                assertThat(answer).as("answer %d", i).isNotNull();
                assertThat(answer.status()).isEqualTo(200);
            }
            assertThat(answers.next(false)).isNull();
        }
    }

    @Test
    void whoseClientSendsOnIsNotReadWhileARequestRuns() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        Application waiting = (environ, startResponse) -> {
            leave.await();
            return new EchoApplication().call(environ, startResponse);
        };
        try (Server server = serve(waiting);
                SocketChannel client = SocketChannel.open(address(server))) {
            client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII)));
            client.configureBlocking(false);
            assertThat(sent(client)).isLessThan(ENDLESS_BYTES);
            leave.countDown();
            client.configureBlocking(true);
            Answers answers = new Answers(client.socket().getInputStream());
            assertThat(answers.next(false)).isNotNull();
        }
    }

    /** How much the client gets rid of until its socket has taken nothing for half a second. */
    private static int sent(SocketChannel client) throws Exception {
        ByteBuffer block = ByteBuffer.allocate(1 << 20);
        int sent = 0;
        try (Selector selector = Selector.open()) {
            client.register(selector, SelectionKey.OP_WRITE);
            while (sent < ENDLESS_BYTES && selector.select(500) > 0) {
                selector.selectedKeys().clear();
                block.clear();
                sent += client.write(block);
            }
        }
        return sent;
    }
}
