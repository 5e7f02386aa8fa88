package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.worker.wire.FrameListener;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSocketTest {
    private static final int SECONDS = 30;
    private static final int MOST_OF_GREETING = 4 * 1024;
    private static final int MOST = 8 * 1024 * 1024;
    private static final String CLOSED = "closed";

    @TempDir
    private Path directory;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private EventLoop loop;
    private SocketChannel other;
    private SocketChannel ours;
    private @Nullable FrameSocket socket;
    private volatile boolean answers;
    private volatile int rawBytes;
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();

    /** Notes the length of each frame, and how it ended; fails as it is told. */
    private final class Recorder implements FrameListener {
        private final @Nullable Error failure;
        private final boolean isWorker;

        Recorder(boolean isWorker, @Nullable Error failure) {
            this.isWorker = isWorker;
            this.failure = failure;
        }

        @Override
        public int frame(byte[] bytes, int start, int end) {
            if (answers) {
                socket().sendFrame(new MarshalWriter(1));
            }
            if (failure != null) {
                throw failure;
            }
            if (isWorker && !socket().isHandedOver()) {
                socket().handOver(this);
            }
            events.add("frame of " + (end - start));
            return rawBytes;
        }

        @Override
        public void raw(byte[] bytes, int start, int count) {
            raw.write(bytes, start, count);
            if (raw.size() == rawBytes) {
                events.add("raw " + raw.toString(StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void closed(@Nullable Throwable reason) {
            socket().close();
            events.add(reason == null ? CLOSED : CLOSED + ": " + reason.getMessage());
        }
    }

    @BeforeEach
    void start() throws IOException {
        loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve("socket")))) {
            other = SocketChannel.open(listener.getLocalAddress());
            ours = listener.accept();
        }
        ours.configureBlocking(false);
        loop.start();
    }

    @AfterEach
    void stop() throws Exception {
        other.close();
        ours.close();
        loop.stop();
    }

    private void listen(boolean isWorker, @Nullable Error failure) {
        loop.execute(() -> {
            try {
                socket = new FrameSocket(ours, loop, new Recorder(isWorker, failure));
            } catch (IOException e) {
                events.add(e.toString());
            }
        });
    }

    private FrameSocket socket() {
        return Objects.requireNonNull(socket);
    }

    private void send(int length, byte[] content) throws IOException {
        byte[] head = new byte[4];
        MarshalWriter.putInt(head, 0, length);
        for (ByteBuffer rest : new ByteBuffer[] {ByteBuffer.wrap(head), ByteBuffer.wrap(content)}) {
            while (rest.hasRemaining()) {
                other.write(rest);
            }
        }
    }

    /** What happens next; a listener that was handed over is asked to look, as the gateway does at each turn. */
    private String next() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            loop.execute(() -> socket().receive());
            String event = events.poll(10, TimeUnit.MILLISECONDS);
            if (event != null) {
                return event;
            }
        }
        return "nothing";
    }

    @Test
    void takesAGreetingOfTheBound() throws Exception {
        listen(false, null);
        send(MOST_OF_GREETING, new byte[MOST_OF_GREETING]);
        assertThat(next()).isEqualTo("frame of " + MOST_OF_GREETING);
    }

    /** From somebody who has not shown the secret; before any of it has come. */
    @ParameterizedTest
    @ValueSource(ints = {MOST_OF_GREETING + 1, MOST, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void endsAtALongerGreeting(int length) throws Exception {
        listen(false, null);
        send(length, new byte[0]);
        assertThat(next()).isEqualTo("closed: a frame of " + length + " bytes, limit " + MOST_OF_GREETING);
    }

    @Test
    void takesAFrameOfTheBoundFromAWorker() throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        Thread sender = new Thread(() -> {
            try {
                send(MOST, new byte[MOST]);
            } catch (IOException e) {
                events.add(e.toString());
            }
        });
        sender.start();
        assertThat(next()).isEqualTo("frame of " + MOST);
        sender.join();
    }

    @ParameterizedTest
    @ValueSource(ints = {MOST + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void endsAtALongerFrameOfAWorker(int length) throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        send(length, new byte[0]);
        assertThat(next()).isEqualTo("closed: a frame of " + length + " bytes, limit " + MOST);
    }

    /** It costs this socket; the loop goes on. */
    @Test
    void endsAtAnyFailureOfWhoTakesInAFrame() throws Exception {
        listen(false, new OutOfMemoryError("not really"));
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("closed: not really");
        loop.execute(() -> events.add("alive"));
        assertThat(next()).isEqualTo("alive");
    }

    /** However they are cut, and a frame comes behind them. */
    @Test
    void takesBytesThatFollowAFrame() throws Exception {
        rawBytes = 6;
        listen(false, null);
        send(1, "xabc".getBytes(StandardCharsets.US_ASCII));
        assertThat(next()).isEqualTo("frame of 1");
        other.write(ByteBuffer.wrap("def\002\0".getBytes(StandardCharsets.US_ASCII)));
        assertThat(next()).isEqualTo("raw abcdef");
        other.write(ByteBuffer.wrap("\0\0xy".getBytes(StandardCharsets.US_ASCII)));
        assertThat(next()).isEqualTo("frame of 2");
    }

    /** What does not fit into the socket goes when the other side reads. */
    @Test
    void sendsAllOfALongMessage() throws Exception {
        byte[] message = new byte[MOST];
        new Random(1).nextBytes(message);
        listen(false, null);
        loop.execute(() -> {
            socket().send(message, 1, MOST - 1);
            MarshalWriter value = new MarshalWriter(1);
            value.integer(7);
            socket().sendFrame(value);
            events.add("backlog " + socket().backlog());
        });
        assertThat(next()).isEqualTo("backlog 2");
        ByteBuffer received = ByteBuffer.allocate(MOST + 8);
        while (received.hasRemaining()) {
            assertThat(other.read(received)).isPositive();
        }
        assertThat(Arrays.copyOf(received.array(), MOST - 1)).isEqualTo(Arrays.copyOfRange(message, 1, MOST));
        assertThat(Arrays.copyOfRange(received.array(), MOST - 1, MOST + 8))
                .containsExactly(5, 0, 0, 0, 'i', 7, 0, 0, 0);
        loop.execute(() -> events.add("backlog " + socket().backlog()));
        assertThat(next()).isEqualTo("backlog 0");
    }

    @Test
    void tellsThatTheOtherSideIsGone() throws Exception {
        listen(false, null);
        other.close();
        assertThat(next()).isEqualTo(CLOSED);
    }

    /** Of a worker, which is not listened to between the turns of the loop. */
    @Test
    void takesInTheLastWords() throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        send(2, new byte[2]);
        send(3, new byte[3]);
        other.close();
        loop.execute(() -> socket().receiveLast());
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo("frame of 2");
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo("frame of 3");
    }

    /** It may have said no more, and live. */
    @Test
    void doesNotWaitForMoreLastWords() throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        send(2, new byte[2]);
        loop.execute(() -> {
            socket().receiveLast();
            events.add("all");
        });
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo("frame of 2");
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo("all");
    }

    /** It still says something, perhaps; but nobody can work with that. */
    @Test
    void tellsThatTheOtherSideReadsNoMore() throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        other.shutdownInput();
        loop.execute(() -> {
            socket().sendFrame(new MarshalWriter(1));
            events.add("sent, backlog " + socket().backlog());
        });
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS))
                .as("later, and nothing is kept")
                .isEqualTo("sent, backlog 0");
        assertThat(events.poll(SECONDS, TimeUnit.SECONDS)).startsWith(CLOSED + ":");
    }

    /** Whoever closes it has nothing more to say. */
    @Test
    void keepsNothingOnceItIsClosed() throws Exception {
        listen(true, null);
        send(1, new byte[1]);
        assertThat(next()).isEqualTo("frame of 1");
        loop.execute(() -> {
            socket().send(new byte[1], 0, 1);
            socket().close();
            events.add("backlog " + socket().backlog());
        });
        assertThat(next()).isEqualTo("backlog 0");
    }

    @Test
    void letsAnotherHaveItsSocket() throws Exception {
        listen(true, null);
        loop.execute(() -> {
            assertThat(socket().release()).isSameAs(ours);
            events.add("handed over " + socket().isHandedOver());
        });
        assertThat(next()).isEqualTo("handed over true");
        assertThat(ours.isOpen()).isTrue();
    }

    /** Who takes in its last words may have something to tell it, which cannot be sent any more. */
    @Test
    void takesInAllThatWasSaidBeforeTheOtherSideWent() throws Exception {
        answers = true;
        for (int length = 1; length <= 3; length++) {
            send(length, new byte[length]);
        }
        other.close();
        listen(false, null);
        assertThat(next()).isEqualTo("frame of 1");
        assertThat(next()).isEqualTo("frame of 2");
        assertThat(next()).isEqualTo("frame of 3");
        assertThat(next()).startsWith(CLOSED);
    }
}
