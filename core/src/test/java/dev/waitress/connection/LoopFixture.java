package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.http.ResponseHead;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * A loop with its clients, whose turns a test fills: what it does in one call of {@link #inOneTurn} no selector has
 * seen before the next. Requests are kept, and answered when the test says so.
 */
final class LoopFixture implements Gateway, AutoCloseable {
    private final ServerSocketChannel listener;
    private final PrivateDirectory directory;
    final EventLoop loop;
    final Clients clients;

    /** On the loop only. */
    final List<Response> asked = new ArrayList<>();

    final List<String> targets = new ArrayList<>();

    LoopFixture(Map<String, String> settings) throws IOException {
        this(settings, new PrivateDirectory(), Clock.SYSTEM);
    }

    LoopFixture(Map<String, String> settings, Clock clock) throws IOException {
        this(settings, new PrivateDirectory(), clock);
    }

    LoopFixture(Map<String, String> settings, PrivateDirectory directory) throws IOException {
        this(settings, directory, Clock.SYSTEM);
    }

    private LoopFixture(Map<String, String> settings, PrivateDirectory directory, Clock clock) throws IOException {
        this.directory = directory;
        loop = new EventLoop("test-loop", 8192, MemoryBudget.ofHeap(), clock);
        clients = new Clients(loop, this, directory, Settings.ofText(settings), RequestObserver.NONE);
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        loop.start();
    }

    @Override
    public void submit(Request request, Response response) {
        targets.add(request.head().targetText());
        asked.add(response);
    }

    /** Runs something on the loop, in a turn of its own. */
    <T> T inOneTurn(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        loop.execute(task);
        return task.get();
    }

    /** A client whose connection the loop has. */
    Socket connect() throws Exception {
        Socket client = new Socket();
        client.connect(listener.getLocalAddress());
        client.setSoTimeout(20_000);
        SocketChannel socket = listener.accept();
        Peer peer = new Peer("127.0.0.1", String.valueOf(client.getLocalPort()), new ServerEnd("http", "80"));
        inOneTurn(() -> {
            clients.admission().accepted(socket, peer);
            return null;
        });
        return client;
    }

    /** Waits until the application has been asked so often. */
    void awaitAsked(int count) throws Exception {
        while (inOneTurn(asked::size) < count) {
            Thread.onSpinWait();
        }
    }

    static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Answers the request that came last; on the loop. */
    void answer(byte[] body) {
        ResponseHead head = new ResponseHead();
        byte[] status = "200 OK".getBytes(ISO_8859_1);
        head.start(status, 0, status.length);
        asked.get(asked.size() - 1).send(head, body, 0, body.length);
    }

    /** Head of the next answer, or what came of it before the end. */
    static String head(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        int next;
        while (head.indexOf("\r\n\r\n") < 0 && (next = client.getInputStream().read()) >= 0) {
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close(Duration within) {
        // nothing runs here
    }

    @Override
    public void close() {
        try {
            inOneTurn(() -> {
                clients.closeAll();
                return null;
            });
            loop.stop();
            listener.close();
            directory.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
