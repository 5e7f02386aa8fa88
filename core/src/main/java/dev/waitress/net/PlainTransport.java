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
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A socket without encryption. Event loop only. */
public final class PlainTransport implements Transport {
    private static final Logger LOG = System.getLogger("waitress");

    /**
     * Most bytes that the kernel keeps for a receiver on this machine. It takes in cheaply what the processors still
     * have in their caches; the kernel's own bound, 4 MiB for each connection, lets far more wait. Files of 10 MiB, 8
     * connections: 1.5 times the rate, at 0.7 of the CPU time on either side.
     */
    private static final int NEARBY_SEND_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final EventLoop loop;
    private @Nullable SelectionKey key;
    private boolean sendsLargeBlocks;

    public PlainTransport(SocketChannel channel, EventLoop loop) {
        this.channel = channel;
        this.loop = loop;
    }

    @Override
    public void open(Watcher watcher) throws IOException {
        key = loop.register(
                channel, SelectionKey.OP_READ, selected -> watcher.ready(selected.isReadable(), selected.isWritable()));
    }

    @Override
    public boolean readsAnywhere() {
        return true;
    }

    @Override
    public int read(ByteBuffer in) throws IOException {
        return channel.read(in);
    }

    @Override
    public GatheringByteChannel output() {
        return channel;
    }

    @Override
    public void watchInput(boolean wanted) {
        watch(SelectionKey.OP_READ, wanted);
    }

    @Override
    public boolean isInputWatched() {
        return isWatched(SelectionKey.OP_READ);
    }

    @Override
    public void watchOutput(boolean wanted) {
        watch(SelectionKey.OP_WRITE, wanted);
    }

    @Override
    public boolean isFull() {
        return isWatched(SelectionKey.OP_WRITE);
    }

    private boolean isWatched(int operation) {
        return key != null && key.isValid() && (key.interestOps() & operation) != 0;
    }

    private void watch(int operation, boolean wanted) {
        if (key == null) {
            return;
        }
        int now = key.interestOps();
        int next = wanted ? now | operation : now & ~operation;
        if (next != now) {
            key.interestOps(next);
        }
    }

    @Override
    public boolean sendsFiles() {
        return !(remoteAddress() instanceof UnixDomainSocketAddress) && !isLoopback();
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

    @Override
    public void expectLargeBlocks() {
        if (sendsLargeBlocks) {
            return;
        }
        sendsLargeBlocks = true;
        if (isLoopback()) {
            set(StandardSocketOptions.SO_SNDBUF, NEARBY_SEND_BYTES);
        }
    }

    @Override
    public boolean shutDownOutput() {
        try {
            channel.shutdownOutput();
            return true;
        } catch (IOException e) {
            LOG.log(Level.TRACE, "shutdown failed", e);
            return false;
        }
    }

    @Override
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

    @Override
    public void close() throws IOException {
        if (key != null) {
            key.cancel();
        }
        channel.close();
    }
}
