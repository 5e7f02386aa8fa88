package dev.waitress.net;

import dev.waitress.loop.EventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The socket of one client, and what the loop watches it for. Event loop only. */
public final class ClientSocket {
    private static final Logger LOG = System.getLogger("waitress");

    /**
     * Most bytes that the kernel keeps for a receiver on this machine. It takes in cheaply what the processors still
     * have in their caches; the kernel's own bound, 4 MiB for each connection, lets far more wait. Files of 10 MiB, 8
     * connections: 1.5 times the rate, at 0.7 of the CPU time on either side.
     */
    private static final int NEARBY_SEND_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final SelectionKey key;
    private boolean sendsLargeBlocks;

    /** Watches for input. */
    public ClientSocket(SocketChannel channel, EventLoop loop, EventLoop.ReadyHandler handler) throws IOException {
        this.channel = channel;
        this.key = loop.register(channel, SelectionKey.OP_READ, handler);
    }

    /** Where output goes. */
    public SocketChannel channel() {
        return channel;
    }

    public int read(ByteBuffer in) throws IOException {
        return channel.read(in);
    }

    public void watchInput(boolean wanted) {
        watch(SelectionKey.OP_READ, wanted);
    }

    public boolean isInputWatched() {
        return key.isValid() && (key.interestOps() & SelectionKey.OP_READ) != 0;
    }

    public void watchOutput(boolean wanted) {
        watch(SelectionKey.OP_WRITE, wanted);
    }

    private void watch(int operation, boolean wanted) {
        int now = key.interestOps();
        int next = wanted ? now | operation : now & ~operation;
        if (next != now) {
            key.interestOps(next);
        }
    }

    /** Whether it has refused bytes, and has not become ready for more. */
    public boolean isFull() {
        return (key.interestOps() & SelectionKey.OP_WRITE) != 0;
    }

    /** Whether the client is on this machine, behind a Unix socket or TCP. */
    public boolean isLocal() {
        return remoteAddress() instanceof UnixDomainSocketAddress || isLoopback();
    }

    private boolean isLoopback() {
        return remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress().isLoopbackAddress();
    }

    /** Null if the client is gone; the next write finds out. */
    private @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }

    /** Large blocks are about to be sent, where so far there may have been small ones only. */
    public void expectLargeBlocks() {
        if (sendsLargeBlocks) {
            return;
        }
        sendsLargeBlocks = true;
        if (isLoopback()) {
            set(StandardSocketOptions.SO_SNDBUF, NEARBY_SEND_BYTES);
        }
    }

    /** Tells the client that no more will come; false if it is gone. */
    public boolean shutDownOutput() {
        try {
            channel.shutdownOutput();
            return true;
        } catch (IOException e) {
            LOG.log(Level.TRACE, "shutdown failed", e);
            return false;
        }
    }

    /** Closing will be a reset, where there is one: Unix sockets have none. */
    public void resetOnClose() {
        set(StandardSocketOptions.SO_LINGER, 0);
    }

    private <T> void set(SocketOption<T> option, T value) {
        try {
            channel.setOption(option, value);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.TRACE, "cannot set " + option + " on a socket", e);
        }
    }

    public void close() throws IOException {
        key.cancel();
        channel.close();
    }
}
