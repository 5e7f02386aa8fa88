package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.platform.Platform;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect as a worker. Over loopback TCP, where everybody on the machine can. */
@Timeout(60)
class WorkerDoorTest {
    private static final int NUMBER = 7;

    @TempDir
    private Path directory;

    private final BlockingQueue<WorkerDoor.Introduction> arrived = new LinkedBlockingQueue<>();
    private EventLoop loop;
    private WorkerDoor door;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.start();
        listen(TimeUnit.SECONDS.toNanos(60));
    }

    private void listen(long greetingNanos) throws Exception {
        door = onLoop(() -> new WorkerDoor(loop, directory, false, greetingNanos, (introduction, link) -> {
            link.release();
            arrived.add(introduction);
        }));
    }

    private <T> T onLoop(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        loop.execute(task);
        return task.get();
    }

    private void close() throws Exception {
        onLoop(() -> {
            door.close();
            return door;
        });
    }

    @AfterEach
    void stop() throws Exception {
        close();
        loop.stop();
    }

    /** A temporary directory of macOS has a long name, and the address of a Unix socket has room for 103 bytes. */
    @Test
    void isOnTcpWhereItsPathIsTooLongForTheSystem() throws Exception {
        System.setProperty(Platform.PROPERTY, "macos");
        try {
            Path deep = directory.resolve("d".repeat(103 - directory.toString().length() - "/front".length()));
            assertThat(addressAt(deep)).startsWith("tcp:");
            assertThat(addressAt(directory.resolve("short"))).startsWith("unix:");
        } finally {
            System.clearProperty(Platform.PROPERTY);
        }
    }

    private String addressAt(Path folder) throws Exception {
        Files.createDirectory(folder);
        return onLoop(() -> {
            try (WorkerDoor other =
                    new WorkerDoor(loop, folder, true, TimeUnit.SECONDS.toNanos(60), (introduction, link) -> {})) {
                return other.address();
            }
        });
    }

    private SocketChannel connect() throws IOException {
        int port = Integer.parseInt(door.address().substring("tcp:".length()));
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static ByteBuffer greeting(int version, String secret) {
        MarshalWriter writer = new MarshalWriter(100);
        writer.tuple(6);
        writer.integer(version);
        writer.text(secret);
        writer.integer(NUMBER);
        writer.text("requests");
        writer.text("cpython 3.11.7");
        writer.integer(1);
        ByteBuffer frame = ByteBuffer.allocate(4 + writer.length());
        MarshalWriter.putInt(frame.array(), 0, writer.length());
        System.arraycopy(writer.bytes(), 0, frame.array(), 4, writer.length());
        return frame;
    }

    /** Waits for the end of a connection, on which nothing is ever sent. */
    private static void assertIsClosed(SocketChannel client) {
        int count;
        try {
            count = client.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            return; // reset: not everything that was sent had been read
        }
        assertThat(count).isEqualTo(-1);
    }

    private void assertLetsAWorkerIn() throws Exception {
        try (SocketChannel worker = connect()) {
            worker.write(greeting(Protocol.VERSION, door.secret()));
            WorkerDoor.Introduction introduction = arrived.take();
            assertThat(introduction.number()).isEqualTo(NUMBER);
            assertThat(introduction.purpose()).isEqualTo("requests");
        }
    }

    @Test
    void refusesWhoDoesNotKnowTheSecret() throws Exception {
        try (SocketChannel stranger = connect();
                SocketChannel guess = connect();
                SocketChannel old = connect()) {
            stranger.write(greeting(Protocol.VERSION, ""));
            guess.write(greeting(Protocol.VERSION, "0".repeat(door.secret().length())));
            old.write(greeting(Protocol.VERSION + 1, door.secret()));
            assertIsClosed(stranger);
            assertIsClosed(guess);
            assertIsClosed(old);
        }
        assertThat(arrived).isEmpty();
        assertLetsAWorkerIn();
    }

    @Test
    void refusesWhoSpeaksAnotherLanguage() throws Exception {
        try (SocketChannel browser = connect();
                SocketChannel flood = connect()) {
            browser.write(ByteBuffer.wrap(new byte[] {'G', 'E', 'T', ' ', '/'}));
            flood.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, 127, 0}));
            assertIsClosed(browser);
            assertIsClosed(flood);
        }
        assertLetsAWorkerIn();
    }

    /** Also with a part of a greeting, or while others come and go. */
    @Test
    void waitsForAGreetingForSomeTimeOnly() throws Exception {
        close();
        listen(TimeUnit.MILLISECONDS.toNanos(300));
        try (SocketChannel silent = connect();
                SocketChannel half = connect()) {
            half.write(greeting(Protocol.VERSION, door.secret()).limit(20));
            assertLetsAWorkerIn();
            assertIsClosed(silent);
            assertIsClosed(half);
        }
        assertThat(arrived).isEmpty();
    }
}
