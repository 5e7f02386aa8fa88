package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Limits;
import dev.waitress.http.ResponseHead;
import dev.waitress.net.SocketErrors;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.testkit.FakeTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection whose client, application and time are the test's. */
final class Stage implements Gateway, Connection.Owner, AutoCloseable {
    static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    final FakeLoop loop;
    final FakeTransport client = new FakeTransport();
    final Connection connection;
    private final PrivateDirectory directory = new PrivateDirectory();

    /** Requests that the application has, and their answers. */
    final List<Request> requests = new ArrayList<>();

    final List<Response> responses = new ArrayList<>();

    /** What the owner was told. */
    final List<String> told = new ArrayList<>();

    /** What an observer of its answers has seen. */
    final List<String> seen = new ArrayList<>();

    private boolean draining;

    /** Whether requests are answered in the call that brings them. */
    boolean answersAtOnce;

    /** What comes of giving the application a request, if anything. */
    @Nullable
    RuntimeException fault;

    Stage() throws IOException {
        this(0, 1 << 20);
    }

    Stage(int lookahead, long memoryBytes) throws IOException {
        this(8192, lookahead, memoryBytes);
    }

    Stage(int recvBytes, int lookahead, long memoryBytes) throws IOException {
        this(recvBytes, lookahead, memoryBytes, SharedMemory.NONE, Map.of(), Spoken.HTTP_1);
    }

    /** A client whose bodies lie in shared memory, and of whom so many bytes are read at once. */
    static Stage withShared(SharedMemory shared, int recvBytes, int lookahead) throws IOException {
        return new Stage(recvBytes, lookahead, 1 << 20, shared, Map.of(), Spoken.HTTP_1);
    }

    /** A client whose connection is one of HTTP/2 from its first byte on. */
    static Stage ofHttp2(Map<String, String> settings) throws IOException {
        return new Stage(8192, 0, 1 << 20, SharedMemory.NONE, settings, Spoken.HTTP_2);
    }

    /** A client whose first bytes say what it speaks. */
    static Stage ofBoth() throws IOException {
        return new Stage(8192, 0, 1 << 20, SharedMemory.NONE, Map.of(), Spoken.BOTH);
    }

    private enum Spoken {
        HTTP_1,
        HTTP_2,
        BOTH
    }

    private Stage(
            int recvBytes,
            int lookahead,
            long memoryBytes,
            SharedMemory shared,
            Map<String, String> text,
            Spoken spoken)
            throws IOException {
        Settings settings = Settings.ofText(text);
        loop = new FakeLoop(recvBytes, memoryBytes);
        RequestIds ids = new RequestIds(settings);
        BodyStorage bodies = new BodyStorage(1 << 19, loop.memory, directory, shared);
        Intake.Means intake =
                new Intake.Means(new ParserPool(Limits.of(settings)), new TrustedProxy(settings), bodies, ids);
        Exchanges exchanges =
                new Exchanges(this, request -> new Noting(), ids, new ServerName("test", false), lookahead, true);
        ConnectionMeans means = new ConnectionMeans(loop, 1 << 20, directory, new SocketErrors(settings));
        Protocols protocols = new Protocols(
                means,
                intake,
                exchanges,
                new PrefaceRule(settings, new TrustedProxy(settings)),
                Deadlines.of(settings),
                Http2Means.of(settings, means, intake),
                spoken == Spoken.BOTH,
                null);
        connection = new Connection(
                means,
                client,
                this,
                new Peer("1.2.3.4", "5", new ServerEnd("http", "80")),
                spoken == Spoken.HTTP_2 ? protocols::http2 : protocols::first);
        connection.open();
    }

    private final class Noting implements ResponseObserver {
        @Override
        public void ended(ResponseEnd end) {
            seen.add("ended");
        }

        @Override
        public void left() {
            seen.add("left");
        }
    }

    /** What the application was asked for, in its order. */
    List<String> targets() {
        return requests.stream().map(request -> request.head().targetText()).toList();
    }

    /** The application answers the request that came last. */
    void answer(String body) {
        Response response = responses.get(responses.size() - 1);
        response.send(head("200 OK"), body.getBytes(ISO_8859_1), 0, body.length());
        loop.turn();
        client.becomeReadable();
    }

    static ResponseHead head(String status) {
        ResponseHead head = new ResponseHead();
        byte[] text = status.getBytes(ISO_8859_1);
        head.start(text, 0, text.length);
        return head;
    }

    void body(String block) {
        byte[] bytes = block.getBytes(ISO_8859_1);
        responses.get(responses.size() - 1).body(bytes, 0, bytes.length);
    }

    @Override
    public void submit(Request request, Response response) {
        if (fault != null) {
            throw fault;
        }
        requests.add(request.detach());
        responses.add(response);
        if (answersAtOnce) {
            response.send(head("200 OK"), new byte[] {'!'}, 0, 1);
        }
    }

    @Override
    public void close(Duration within) {}

    /** The server stops. */
    void drain() {
        draining = true;
        connection.sendAway();
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    @Override
    public boolean sendsAway() {
        return draining;
    }

    @Override
    public void becameIdle(Connection idle) {
        told.add("idle");
    }

    @Override
    public void closed(Connection closed) {
        told.add("closed");
    }

    @Override
    public void close() throws IOException {
        connection.close();
        requests.forEach(request -> request.body().discard());
        directory.close();
    }
}
