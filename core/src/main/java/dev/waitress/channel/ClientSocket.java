package dev.waitress.channel;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The socket of one client, and what the loop watches it for. Event loop only. */
final class ClientSocket {
    private static final Logger LOG = System.getLogger("waitress");

    private final SocketChannel channel;
    private final SelectionKey key;

    /** Watches for input. */
    ClientSocket(SocketChannel channel, EventLoop loop, EventLoop.ReadyHandler handler) throws IOException {
        this.channel = channel;
        this.key = loop.register(channel, SelectionKey.OP_READ, handler);
    }

    /** Where output goes. */
    SocketChannel channel() {
        return channel;
    }

    int read(ByteBuffer in) throws IOException {
        return channel.read(in);
    }

    void watchInput(boolean wanted) {
        watch(SelectionKey.OP_READ, wanted);
    }

    void watchOutput(boolean wanted) {
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
    boolean isFull() {
        return (key.interestOps() & SelectionKey.OP_WRITE) != 0;
    }

    /** Whether the client is on this machine. */
    boolean isLocal() {
        try {
            return !(channel.getRemoteAddress() instanceof InetSocketAddress remote)
                    || remote.getAddress().isLoopbackAddress();
        } catch (IOException e) {
            return false; // it is gone; the next write finds out
        }
    }

    /** Tells the client that no more will come; false if it is gone. */
    boolean shutDownOutput() {
        try {
            channel.shutdownOutput();
            return true;
        } catch (IOException e) {
            LOG.log(Level.TRACE, "shutdown failed", e);
            return false;
        }
    }

    /** Closing will be a reset, where there is one. */
    void resetOnClose() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.TRACE, "no reset on this socket", e); // Unix sockets have none
        }
    }

    void close() throws IOException {
        key.cancel();
        channel.close();
    }
}
