package dev.waitress.worker.process;

import dev.waitress.loop.EventLoop;
import dev.waitress.platform.Platform;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.FrameListener;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.Protocol;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where workers connect back: a Unix socket in the private directory, or loopback TCP where Python has no Unix sockets.
 * Whoever connects must know the secret. Event loop only.
 */
public final class WorkerDoor implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");
    private static final int SECRET_BYTES = 32;
    private static final String SOCKET = "front";

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Who has connected says at once who it is. */
    static final long GREETING_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Takes over a socket whose other side has proved to be a worker. */
    @FunctionalInterface
    public interface Arrival {
        void arrived(Introduction introduction, FrameLink link);
    }

    /**
     * What a worker says of itself.
     *
     * @param number which of the workers it is; its connections say the same
     * @param purpose {@code requests}, {@code control} or {@code leash}
     * @param python implementation and version, for example {@code cpython 3.11.7}
     */
    public record Introduction(int number, String purpose, String python, int pid) {
        public boolean isPython2() {
            return python.contains(" 2.");
        }
    }

    private final EventLoop loop;
    private final long greetingNanos;
    private final Arrival arrival;
    private ServerSocketChannel listener;
    private SelectionKey key;
    private boolean pausing;
    private final String secret = newSecret();
    private String address;
    private final MarshalReader reader = new MarshalReader();

    /** Listens in a directory; closes what has not said within so many nanoseconds who it is. */
    WorkerDoor(EventLoop loop, Path directory, boolean unix, long greetingNanos, Arrival arrival) throws IOException {
        this.loop = loop;
        this.greetingNanos = greetingNanos;
        this.arrival = arrival;
        listener = listen(directory.resolve(SOCKET), unix);
        address = addressOf(listener);
        key = watch();
    }

    private static String addressOf(ServerSocketChannel listener) throws IOException {
        return listener.getLocalAddress() instanceof InetSocketAddress inet
                ? "tcp:" + inet.getPort()
                : "unix:" + listener.getLocalAddress();
    }

    private SelectionKey watch() throws IOException {
        return loop.register(listener, SelectionKey.OP_ACCEPT, selected -> accept());
    }

    /** Listens again, if the file of the socket is not there any more. */
    void reopen(Path directory) throws IOException {
        Path path = directory.resolve(SOCKET);
        if (address.startsWith("tcp:") || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        close();
        listener = listen(path, true);
        address = addressOf(listener);
        key = watch();
    }

    private static ServerSocketChannel listen(Path path, boolean unix) throws IOException {
        // The system that we are on may take more than the one that we are to take for ours.
        if (unix && utf8(path.toString()).length <= Platform.current().socketPathBytes()) {
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                return listener.bind(UnixDomainSocketAddress.of(path));
            } catch (SocketException e) {
                listener.close(); // the system takes paths of some 100 bytes
                LOG.log(Level.DEBUG, "workers connect over TCP: " + path + ": " + e.getMessage());
            }
        }
        return ServerSocketChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String secret() {
        return secret;
    }

    /** The address as the worker's command line has it: {@code unix:PATH} or {@code tcp:PORT}. */
    String address() {
        return address;
    }

    private void accept() {
        try {
            SocketChannel client = listener.accept();
            if (client != null) {
                welcome(client);
                pausing = false;
            }
        } catch (IOException | RuntimeException | Error e) {
            pause(e);
        }
    }

    /** Tries again later: nobody else would let a worker in. */
    private void pause(Throwable failure) {
        if (!pausing) {
            pausing = true;
            LOG.log(Level.WARNING, "a worker cannot connect for now: " + failure);
        }
        SelectionKey paused = key;
        paused.interestOps(0);
        loop.schedule(RETRY_NANOS, () -> {
            if (paused.isValid()) {
                paused.interestOps(SelectionKey.OP_ACCEPT);
            }
        });
    }

    private void welcome(SocketChannel client) throws IOException {
        try {
            greet(client);
        } catch (IOException | RuntimeException | Error e) {
            client.close();
            throw e;
        }
    }

    private void greet(SocketChannel client) throws IOException {
        if (client.getLocalAddress() instanceof InetSocketAddress) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        Greeting greeting = new Greeting();
        greeting.socket = new FrameSocket(client, loop, greeting);
        loop.schedule(greetingNanos, greeting::close);
    }

    /** The first frame: {@code (version, secret, worker, purpose, Python's version, pid)}. */
    private final class Greeting implements FrameListener {
        @Nullable
        FrameSocket socket;

        @Override
        public int frame(byte[] bytes, int start, int end) {
            reader.reset(bytes, start, end);
            reader.sequence();
            int version = reader.integer();
            String given = reader.text();
            if (version != Protocol.VERSION || !MessageDigest.isEqual(utf8(given), utf8(secret))) {
                throw new IllegalArgumentException("not a worker of this server");
            }
            if (socket != null) {
                FrameSocket arrived = socket;
                arrival.arrived(
                        new Introduction(reader.integer(), reader.text(), reader.text(), reader.integer()), arrived);
                forgetIfHandedOver(arrived);
            }
            return 0;
        }

        @Override
        public void raw(byte[] bytes, int start, int count) {
            throw new IllegalArgumentException("no raw bytes belong here");
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            LOG.log(Level.WARNING, "refused a connection to the workers' socket", failure);
            close();
        }

        /** It has another owner, and is held here no longer: its deadline may come long after its end. */
        private void forgetIfHandedOver(FrameSocket arrived) {
            if (arrived.isHandedOver()) {
                socket = null;
            }
        }

        void close() {
            if (socket != null) {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the workers' socket failed", e);
        }
    }
}
