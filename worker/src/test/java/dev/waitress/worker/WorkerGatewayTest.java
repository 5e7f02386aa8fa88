package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Settings;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Its parts together, over real sockets, with a worker that is this test. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class WorkerGatewayTest {
    /** No process has such a number. */
    private static final int PID = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    private EventLoop loop;
    private PrivateDirectory directory;
    private WorkerGateway gateway;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop("test-loop", 8192, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.start();
        directory = new PrivateDirectory(folder);
        gateway = WorkerGateway.attach(config(List.of(), Map.of()), loop, directory);
    }

    private static WorkerConfig config(List<String> python, Map<String, String> settings) {
        return new WorkerConfig(python, PythonApplication.named("shop:app", false), Settings.ofText(settings));
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close(Duration.ofSeconds(5));
        loop.stop();
        directory.close();
    }

    /** One connection of the worker, which has said who it is. */
    private SocketChannel connect(String purpose) throws IOException {
        String path = gateway.home().address().substring("unix:".length());
        SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        say(socket, writer -> {
            writer.tuple(6);
            writer.integer(Protocol.VERSION);
            writer.text(gateway.home().secret());
            writer.integer(1);
            writer.text(purpose);
            writer.text("cpython 3.11.7");
            writer.integer(PID);
        });
        return socket;
    }

    private static void say(SocketChannel socket, Consumer<MarshalWriter> value) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(FakeLink.frame(value));
        while (frame.hasRemaining()) {
            socket.write(frame);
        }
    }

    private static byte[] readFrame(SocketChannel socket) throws IOException {
        byte[] length = read(socket, 4);
        return read(socket, MarshalReader.getInt(length, 0));
    }

    private static byte[] read(SocketChannel socket, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && socket.read(bytes) >= 0) {
            // until all of it is there, or the front has closed
        }
        return bytes.array();
    }

    private static void report(SocketChannel control, int... numbers) throws IOException {
        say(control, writer -> {
            writer.tuple(numbers.length);
            for (int number : numbers) {
                writer.integer(number);
            }
        });
    }

    private FakeClient ask() throws Exception {
        return onLoop(() -> {
            FakeClient client = new FakeClient("/");
            gateway.submit(client.request(), client.response());
            return client;
        });
    }

    private String bodyOf(FakeClient client) throws Exception {
        return onLoop(client::body);
    }

    private <T> T onLoop(Callable<T> question) throws Exception {
        FutureTask<T> task = new FutureTask<>(question);
        loop.execute(task);
        return task.get();
    }

    @Test
    void answersThroughAWorkerThatComes() throws Exception {
        FakeClient client = ask();
        try (SocketChannel control = connect("control");
                SocketChannel requests = connect("requests")) {
            assertThat(new String(readFrame(control), StandardCharsets.ISO_8859_1))
                    .contains("outbuf_high_watermark");
            report(control, Protocol.READY);
            assertThat(readFrame(requests)[0]).isEqualTo((byte) '[');
            say(requests, ScriptedWorker.list(ScriptedWorker.response(1, "hello")));
            CompletableFuture<Boolean> asked = new CompletableFuture<>();
            gateway.whenAskedToEnd(() -> asked.complete(true));
            while (bodyOf(client).isEmpty()) {
                Thread.onSpinWait();
            }
            report(control, Protocol.STOP);
            assertThat(asked.get()).isTrue();
        }
        assertThat(bodyOf(client)).isEqualTo("hello|complete");
    }

    @Test
    void handsLogRecordsToAWorkerThatWantsThem() throws Exception {
        LogLine line = new LogLine(30, "waitress", "message", "");
        CompletableFuture<Boolean> missed = new CompletableFuture<>();
        gateway.logging().log(line, () -> missed.complete(true));
        assertThat(missed.get()).isTrue();
        try (SocketChannel control = connect("control");
                SocketChannel requests = connect("requests")) {
            readFrame(control);
            report(control, Protocol.LOGGING, 20);
            report(control, Protocol.READY);
            while (gateway.logging().level() != 20) {
                Thread.onSpinWait();
            }
            FakeClient client = ask();
            readFrame(requests);
            gateway.logging().log(line, () -> {});
            byte[] told = readFrame(control);
            while (told.length < 30) { // a takeover, because nothing answers
                told = readFrame(control);
            }
            assertThat(new String(told, StandardCharsets.ISO_8859_1)).contains("waitress", "message");
            assertThat(bodyOf(client)).isEmpty();
        }
    }

    @Test
    void tellsItsCallerWhereWorkersConnect() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Caller(new ByteArrayInputStream(new byte[0]), out)
                .started(
                        gateway,
                        List.of(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
                                UnixDomainSocketAddress.of("/app.sock")),
                        List.of("https://127.0.0.1:8080", "http://unix:/app.sock"));
        byte[] frame = out.toByteArray();
        assertThat(MarshalReader.getInt(frame, 0)).isEqualTo(frame.length - 4);
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 4, frame.length);
        assertThat(reader.sequence()).isEqualTo(8);
        assertThat(reader.integer()).isZero();
        assertThat(List.of(reader.text(), reader.text(), reader.text()))
                .containsExactly(
                        gateway.home().address(),
                        gateway.home().secret(),
                        gateway.home().directory().toString());
        assertThat(reader.integer()).as("workers").isEqualTo(1);
        assertThat(reader.integer()).as("seconds that they may take to start").isEqualTo(60);
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(List.of(reader.text(), reader.text())).containsExactly("127.0.0.1", "8080");
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(List.of(reader.text(), reader.text())).containsExactly("unix", "/app.sock");
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(List.of(reader.text(), reader.text()))
                .containsExactly("https://127.0.0.1:8080", "http://unix:/app.sock");
        assertThat(reader.position()).isEqualTo(frame.length);
    }

    @Test
    void failsWhereThereIsNoSuchPython() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> WorkerGateway.start(config(List.of("no-such-python"), Map.of()), loop, other()))
                .withMessageContaining("no-such-python");
    }

    @Test
    void failsWherePythonEndsAtOnce() {
        assertThatExceptionOfType(WorkerFailedException.class)
                .isThrownBy(() -> WorkerGateway.start(config(List.of("true"), Map.of()), loop, other()))
                .withMessage("Python (true) ended with status 0 before it had loaded the application")
                .satisfies(failure -> assertThat(failure.exitStatus()).isEqualTo(1))
                .satisfies(failure -> assertThat(failure.traceback()).isEmpty());
    }

    private PrivateDirectory other() {
        return new PrivateDirectory(folder);
    }
}
