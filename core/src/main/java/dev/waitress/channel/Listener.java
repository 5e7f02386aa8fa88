package dev.waitress.channel;

import dev.waitress.gateway.NumericAddress;
import dev.waitress.gateway.Peer;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One listening socket. Bound by any thread, then event loop only. */
public final class Listener {
    private static final Logger LOG = System.getLogger("waitress");

    /** Clients accepted in one turn, so that those already here are served in between. */
    private static final int ACCEPTED_PER_TURN = 64;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel socket;
    private final List<SocketAddress> addresses;
    private final boolean takesIpv4;
    private final String serverPort;
    private final Closeable end;
    private @Nullable SelectionKey key;
    private @Nullable SocketChannel early;

    private Listener(
            ServerSocketChannel socket,
            List<SocketAddress> addresses,
            boolean takesIpv4,
            String serverPort,
            Closeable end) {
        this.socket = socket;
        this.addresses = List.copyOf(addresses);
        this.takesIpv4 = takesIpv4;
        this.serverPort = serverPort;
        this.end = end;
    }

    static Listener of(
            ServerSocketChannel socket, List<SocketAddress> addresses, boolean takesIpv4, String serverPort) {
        return new Listener(socket, addresses, takesIpv4, serverPort, socket);
    }

    static Listener of(ServerSocketChannel socket, UnixSocketFile file, SocketAddress address, String serverPort) {
        return new Listener(socket, List.of(address), true, serverPort, () -> {
            socket.close();
            file.remove();
        });
    }

    /**
     * On a socket that stays open.
     *
     * @throws IOException if it is bound, but does not listen
     */
    static Listener lent(ServerSocketChannel socket, SocketAddress address, String serverPort) throws IOException {
        socket.configureBlocking(false);
        // There is no other way to ask; a client that is here already is not turned away for that.
        SocketChannel early = socket.accept();
        Listener listener = new Listener(socket, List.of(address), true, serverPort, () -> {});
        listener.early = early;
        return listener;
    }

    /** Where it listens, with the real port where 0 was asked for: one address, or that of each family. */
    public List<SocketAddress> addresses() {
        return addresses;
    }

    void open(EventLoop loop, ChannelHost host) throws IOException {
        key = loop.register(socket, SelectionKey.OP_ACCEPT, selected -> accept(loop, host));
        if (early != null) {
            take(early, host);
            early = null;
        }
    }

    private void accept(EventLoop loop, ChannelHost host) {
        for (int i = 0; i < ACCEPTED_PER_TURN && host.canTakeOne(); i++) {
            if (!acceptOne(loop, host)) {
                return;
            }
        }
    }

    /** Takes the clients that have connected already, before it is closed under them. */
    void acceptLast(EventLoop loop, ChannelHost host) {
        while (host.canTakeOne() && acceptOne(loop, host)) {
            // the next one
        }
    }

    /** Whether there was a client. */
    private boolean acceptOne(EventLoop loop, ChannelHost host) {
        SocketChannel client;
        try {
            client = socket.accept();
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, most likely: the client stays in the backlog, and asking again at once is futile.
            host.socketErrors().acceptFailed(e);
            pause();
            loop.schedule(RETRY_NANOS, () -> retry(host));
            return false;
        }
        if (client == null) {
            return false;
        }
        take(client, host);
        return true;
    }

    private void retry(ChannelHost host) {
        if (host.canTakeOne()) {
            resume();
        }
    }

    private void take(SocketChannel client, ChannelHost host) {
        try {
            if (client.getRemoteAddress() instanceof InetSocketAddress remote) {
                takeOverTcp(client, remote, host);
            } else {
                host.accepted(client, new Peer("localhost", "", serverPort));
            }
            host.socketErrors().accepted();
        } catch (IOException | RuntimeException | Error e) {
            host.socketErrors().acceptFailed(e);
            closeQuietly(client);
        }
    }

    private void takeOverTcp(SocketChannel client, InetSocketAddress remote, ChannelHost host) throws IOException {
        if (!takesIpv4 && remote.getAddress() instanceof Inet4Address) {
            LOG.log(Level.DEBUG, () -> "turned " + remote + " away: " + this + " is for IPv6");
            client.close();
            return;
        }
        host.clientOptions().set(client);
        String address = NumericAddress.of(remote.getAddress());
        host.accepted(client, new Peer(address, String.valueOf(remote.getPort()), serverPort));
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
            if (key != null) {
                key.cancel();
            }
            if (early != null) {
                closeQuietly(early);
            }
            end.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing " + this + " failed", e);
        }
    }

    /**
     * One URL for each address: {@code http://127.0.0.1:8080}, {@code http://[::1]:8080}, {@code http://unix:app.sock}.
     */
    public List<String> urls() {
        return addresses.stream().map(address -> "http://" + text(address)).toList();
    }

    /** An address as it stands in a URL. */
    public static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return "unix:" + address;
        }
        String host = NumericAddress.of(inet.getAddress());
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }

    @Override
    public String toString() {
        return String.join(" ", urls());
    }
}
