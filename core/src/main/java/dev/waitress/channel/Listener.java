package dev.waitress.channel;

import dev.waitress.gateway.Peer;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One listening socket. Bound by any thread, then event loop only. */
public final class Listener {
    private static final Logger LOG = System.getLogger("waitress");

    /** Clients accepted in one turn, so that those already here are served in between. */
    private static final int ACCEPTED_PER_TURN = 64;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel socket;
    private final SocketAddress address;
    private final String serverPort;
    private @Nullable SelectionKey key;

    private Listener(ServerSocketChannel socket, String serverPort) throws IOException {
        this.socket = socket;
        this.address = socket.getLocalAddress();
        this.serverPort = serverPort;
    }

    /**
     * Binds a TCP address.
     *
     * @throws IOException if it is in use or not ours
     */
    public static Listener bind(InetSocketAddress wanted, Settings settings) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(wanted, settings.getInt(Setting.BACKLOG));
            int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
            return new Listener(socket, String.valueOf(port));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Binds a Unix socket with the mode of the settings.
     *
     * @throws IOException if the path is taken or cannot be made
     */
    public static Listener bind(Path path, Settings settings) throws IOException {
        UnixSocketFile.requireFree(path);
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            UnixSocketFile.bind(
                    socket, path, settings.getInt(Setting.BACKLOG), settings.get(Setting.UNIX_SOCKET_PERMS));
            return new Listener(socket, settings.get(Setting.URL_SCHEME).equals("https") ? "443" : "80");
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Where it listens; with the real port where 0 was asked for. */
    public SocketAddress address() {
        return address;
    }

    void open(EventLoop loop, ChannelHost host) throws IOException {
        key = loop.register(socket, SelectionKey.OP_ACCEPT, selected -> accept(loop, host));
    }

    private void accept(EventLoop loop, ChannelHost host) {
        for (int i = 0; i < ACCEPTED_PER_TURN && !host.isFull() && socket.isOpen(); i++) {
            SocketChannel client;
            try {
                client = socket.accept();
            } catch (IOException e) {
                // Out of descriptors, most likely: the client stays in the backlog, and asking again at once is futile.
                host.socketErrors().acceptFailed(e);
                pause();
                loop.schedule(RETRY_NANOS, this::resume);
                return;
            }
            if (client == null) {
                return;
            }
            take(client, host);
        }
    }

    private void take(SocketChannel client, ChannelHost host) {
        try {
            if (address instanceof InetSocketAddress) {
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            host.accepted(client, peer(client));
            host.socketErrors().accepted();
        } catch (IOException e) {
            host.socketErrors().acceptFailed(e);
            closeQuietly(client);
        }
    }

    private Peer peer(SocketChannel client) throws IOException {
        if (client.getRemoteAddress() instanceof InetSocketAddress remote) {
            return new Peer(remote.getAddress().getHostAddress(), String.valueOf(remote.getPort()), serverPort);
        }
        return new Peer("localhost", "", serverPort);
    }

    private static void closeQuietly(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "close failed", e);
        }
    }

    void pause() {
        if (key != null && key.isValid()) {
            key.interestOps(0);
        }
    }

    void resume() {
        if (key != null && key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    /** Stops listening, and removes the file of a Unix socket. */
    public void close() {
        try {
            socket.close();
            if (address instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing " + this + " failed", e);
        }
    }

    /** As in a URL: {@code http://127.0.0.1:8080}, {@code http://[::1]:8080}, {@code http://unix:app.sock}. */
    @Override
    public String toString() {
        if (!(address instanceof InetSocketAddress inet)) {
            return "http://unix:" + address;
        }
        String host = inet.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
