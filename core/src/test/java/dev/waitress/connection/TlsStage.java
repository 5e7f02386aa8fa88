package dev.waitress.connection;

import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Limits;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.TlsMeans;
import dev.waitress.net.TlsTransport;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.testkit.FakeTransport;
import dev.waitress.testkit.TlsClient;
import dev.waitress.tls.Encryption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** One encrypted connection whose client, application, time and threads are the test's. */
final class TlsStage implements Gateway, Connection.Owner, Handshake.Successor, AutoCloseable {
    static final String GET = Stage.GET;

    private static final int MOST_TURNS = 100;

    final FakeLoop loop;
    final FakeTransport wire = new FakeTransport();
    final Connection connection;
    final Deque<Runnable> tasks = new ArrayDeque<>();
    final List<Request> requests = new ArrayList<>();
    final List<Response> responses = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    private final Encryption encryption;
    private final boolean ownsEncryption;
    private final PrivateDirectory directory = new PrivateDirectory();
    private final Intake.Means intake;
    private final Exchanges exchanges;
    private final Deadlines deadlines;
    private String agreed = "";
    private Peer peer = new Peer("1.2.3.4", "5", ServerEnd.encrypted("443", ""));

    TlsStage() throws IOException {
        this(1 << 20);
    }

    TlsStage(long memoryBytes) throws IOException {
        this(memoryBytes, selfSigned(), true);
    }

    /** One more client of a server. */
    TlsStage(long memoryBytes, Encryption encryption) throws IOException {
        this(memoryBytes, encryption, false);
    }

    private TlsStage(long memoryBytes, Encryption encryption, boolean ownsEncryption) throws IOException {
        Settings settings = Settings.ofText(Map.of("self_signed", "true"));
        this.encryption = encryption;
        this.ownsEncryption = ownsEncryption;
        loop = new FakeLoop(8192, memoryBytes);
        RequestIds ids = new RequestIds(settings);
        BodyStorage bodies = new BodyStorage(1 << 19, loop.memory, directory, SharedMemory.NONE);
        intake = new Intake.Means(new ParserPool(Limits.of(settings)), new TrustedProxy(settings), bodies, ids);
        exchanges = new Exchanges(this, RequestObserver.NONE, ids, new ServerName("test", false), 0, true);
        deadlines = Deadlines.of(settings);
        TlsTransport transport = new TlsTransport(wire, new TlsMeans(loop, Runnable::run, tasks::add));
        connection = new Connection(
                new ConnectionMeans(loop, 1 << 20, directory, new SocketErrors(settings)),
                transport,
                this,
                peer,
                each -> new Handshake(each, transport, encryption, deadlines, exchanges.name(), this));
        connection.open();
    }

    /** A server's, with a certificate that is made now. */
    static Encryption selfSigned() {
        Settings settings = Settings.ofText(Map.of("self_signed", "true"));
        return Objects.requireNonNull(Encryption.open(settings, System::currentTimeMillis));
    }

    /** Runs what handshakes have delegated, and turns until nothing follows. */
    void settle() {
        loop.turn();
        loop.pass(0);
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            loop.turn();
            loop.pass(0);
        }
    }

    /** Sends, and waits until nothing follows. */
    void send(String bytes) {
        if (!bytes.isEmpty()) {
            wire.send(bytes);
        }
        settle();
    }

    /** Shakes hands; what the client would send last is returned, not sent. */
    String shakeAllButLast(TlsClient client) throws SSLException {
        send(client.shake(""));
        String last = client.shake(wire.take());
        for (int i = 0; client.engine().getSession().getProtocol().equals("NONE") || needsMore(client); i++) {
            if (i > MOST_TURNS) {
                throw new SSLException("the handshake does not end: " + wire.end());
            }
            send(last);
            last = client.shake(wire.take());
        }
        return last;
    }

    private static boolean needsMore(TlsClient client) {
        return client.engine().getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    TlsClient shake(String version) throws Exception {
        return shake(new TlsClient(version));
    }

    TlsClient shake(TlsClient client) throws SSLException {
        send(shakeAllButLast(client));
        return client;
    }

    /** The application answers the request that came last. */
    void answer(String body) {
        responses
                .get(responses.size() - 1)
                .send(Stage.head("200 OK"), body.getBytes(StandardCharsets.ISO_8859_1), 0, body.length());
        settle();
    }

    /** The protocol inside. */
    String agreed() {
        return agreed;
    }

    Peer peer() {
        return peer;
    }

    @Override
    public boolean makeRoom() {
        told.add("make room");
        return false;
    }

    @Override
    public void secured(Connection secured, Peer client, String protocol) {
        peer = client;
        agreed = protocol;
        secured.handledBy(each -> new Http1(each, intake, exchanges, deadlines), client);
    }

    @Override
    public void submit(Request request, Response response) {
        requests.add(request.detach());
        responses.add(response);
    }

    @Override
    public void close(Duration within) {}

    @Override
    public boolean isDraining() {
        return false;
    }

    @Override
    public boolean sendsAway() {
        return false;
    }

    @Override
    public void becameIdle(Connection idle) {}

    @Override
    public void closed(Connection closed) {
        told.add("closed");
    }

    @Override
    public void close() throws IOException {
        connection.close();
        requests.forEach(request -> request.body().discard());
        directory.close();
        if (ownsEncryption) {
            encryption.close();
        }
    }
}
