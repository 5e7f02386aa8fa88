package dev.waitress.net;

import dev.waitress.exchange.Peer;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.loop.EventLoop;
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
    private final ServerEnd end;
    private final Closeable closing;
    private @Nullable Opened opened;
    private @Nullable SocketChannel early;

    /** What it works with once it is open. */
    private record Opened(
            SelectionKey key, EventLoop loop, Acceptor acceptor, ClientOptions options, SocketErrors errors) {}

    private Listener(
            ServerSocketChannel socket,
            List<SocketAddress> addresses,
            boolean takesIpv4,
            ServerEnd end,
            Closeable closing) {
        this.socket = socket;
        this.addresses = List.copyOf(addresses);
        this.takesIpv4 = takesIpv4;
        this.end = end;
        this.closing = closing;
    }

    static Listener of(ServerSocketChannel socket, List<SocketAddress> addresses, boolean takesIpv4, ServerEnd end) {
        return new Listener(socket, addresses, takesIpv4, end, socket);
    }

    static Listener of(ServerSocketChannel socket, UnixSocketFile file, SocketAddress address, ServerEnd end) {
        return new Listener(socket, List.of(address), true, end, () -> {
            socket.close();
            file.remove();
        });
    }

    /**
     * On a socket that stays open.
     *
     * @throws IOException if it is bound, but does not listen
     */
    static Listener lent(ServerSocketChannel socket, SocketAddress address, ServerEnd end) throws IOException {
        socket.configureBlocking(false);
        // There is no other way to ask; a client that is here already is not turned away for that.
        SocketChannel early = socket.accept();
        Listener listener = new Listener(socket, List.of(address), true, end, () -> {});
        listener.early = early;
        return listener;
    }

    /** Where it listens, with the real port where 0 was asked for: one address, or that of each family. */
    public List<SocketAddress> addresses() {
        return addresses;
    }

    /** Whether its clients have to encrypt. */
    public boolean isEncrypted() {
        return end.isEncrypted();
    }

    /** Begins to take clients. */
    public void open(EventLoop loop, Acceptor acceptor, ClientOptions options, SocketErrors errors) throws IOException {
        SelectionKey key = loop.register(socket, 0, selected -> accept());
        opened = new Opened(key, loop, acceptor, options, errors);
        if (early != null) {
            take(early, opened);
            early = null;
        }
        resume();
    }

    private void accept() {
        Opened here = opened;
        for (int i = 0; here != null && i < ACCEPTED_PER_TURN && here.acceptor.canTakeOne(); i++) {
            if (!acceptOne(here)) {
                return;
            }
        }
    }

    /**
     * Takes the clients that have connected already, then closes. Whoever connects between the last look and the close
     * is turned away by the system, so that there is nothing between them, not even code that was never run.
     */
    public void acceptLastAndClose() {
        rehearseClose();
        Opened here = opened;
        while (here != null && here.acceptor.canTakeOne() && acceptOne(here)) {
            // the next one
        }
        close();
    }

    private static void rehearseClose() {
        try (ServerSocketChannel other = ServerSocketChannel.open()) {
            other.configureBlocking(false);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot rehearse the end of a listener", e);
        }
    }

    /** Whether there was a client. */
    private boolean acceptOne(Opened here) {
        SocketChannel client;
        try {
            client = socket.accept();
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, most likely: the client stays in the backlog, and asking again at once is futile.
            here.errors.acceptFailed(e);
            pause();
            here.loop.schedule(RETRY_NANOS, this::retry);
            return false;
        }
        if (client == null) {
            return false;
        }
        take(client, here);
        return true;
    }

    private void retry() {
        if (opened != null && opened.acceptor.canTakeOne()) {
            resume();
        }
    }

    private void take(SocketChannel client, Opened here) {
        try {
            if (client.getRemoteAddress() instanceof InetSocketAddress remote) {
                takeOverTcp(client, remote, here);
            } else {
                here.acceptor.accepted(client, new Peer("localhost", "", end));
            }
            here.errors.accepted();
        } catch (IOException | RuntimeException | Error e) {
            here.errors.acceptFailed(e);
            closeQuietly(client);
        }
    }

    private void takeOverTcp(SocketChannel client, InetSocketAddress remote, Opened here) throws IOException {
        if (!takesIpv4 && remote.getAddress() instanceof Inet4Address) {
            LOG.log(Level.DEBUG, () -> "turned " + remote + " away: " + this + " is for IPv6");
            client.close();
            return;
        }
        here.options.set(client);
        String address = NumericAddress.of(remote.getAddress());
        here.acceptor.accepted(client, new Peer(address, String.valueOf(remote.getPort()), end));
    }

    private static void closeQuietly(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "close failed", e);
        }
    }

    /** Takes nobody until {@link #resume}. */
    public void pause() {
        watch(0);
    }

    /** Takes clients again. */
    public void resume() {
        watch(SelectionKey.OP_ACCEPT);
    }

    private void watch(int interest) {
        if (opened != null && opened.key.isValid()) {
            opened.key.interestOps(interest);
        }
    }

    /** The loop forgets it at its next turn; from then on {@link #close} closes it at once. */
    public void leaveLoop() {
        if (opened != null) {
            opened.key.cancel();
        }
    }

    /** Stops listening, and removes the file of a Unix socket. */
    public void close() {
        try {
            leaveLoop();
            if (early != null) {
                closeQuietly(early);
            }
            closing.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing " + this + " failed", e);
        }
    }

    /**
     * One URL for each address: {@code https://127.0.0.1:8443}, {@code http://[::1]:8080},
     * {@code http://unix:app.sock}.
     */
    public List<String> urls() {
        String scheme = isEncrypted() ? "https://" : "http://";
        return addresses.stream().map(address -> scheme + text(address)).toList();
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
