package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.ClientSocket;
import dev.waitress.proxy.PrefaceParser;
import dev.waitress.proxy.PrefaceStep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * A connection from a proxy, from accept until its PROXY protocol preface has come; then the socket goes to an
 * {@link HttpChannel}. Event loop only.
 */
final class PrefaceChannel implements Connection, EventLoop.ReadyHandler {
    private final EventLoop loop;
    private final ChannelHost host;
    private final Peer proxy;
    private final ClientSocket socket;
    private final PrefaceParser parser = new PrefaceParser();
    private final long acceptedNanos;
    private long lastActiveNanos;

    /** Whether the socket is still here, and open. */
    private boolean open = true;

    PrefaceChannel(EventLoop loop, ChannelHost host, SocketChannel socket, Peer proxy) throws IOException {
        this.loop = loop;
        this.host = host;
        this.proxy = proxy;
        this.acceptedNanos = loop.nowNanos();
        this.lastActiveNanos = acceptedNanos;
        this.socket = new ClientSocket(socket, loop, this);
    }

    @Override
    public void ready(SelectionKey selected) {
        if (open) {
            read();
        }
    }

    /** Whether anything came. */
    private boolean read() {
        ByteBuffer in = loop.resources().readBuffer();
        try {
            int count = socket.read(in);
            if (count < 0) {
                disconnect(); // a health check, as a rule
                return false;
            }
            if (count > 0) {
                lastActiveNanos = loop.nowNanos();
                take(in.flip());
            }
            return count > 0;
        } catch (IOException e) {
            host.socketErrors().failed(e);
            disconnect();
            return false;
        }
    }

    private void take(ByteBuffer in) throws IOException {
        PrefaceStep step = parser.feed(in);
        if (step instanceof PrefaceStep.Client client) {
            handOver(proxy.announcing(client.address(), client.port()), in);
        } else if (step instanceof PrefaceStep.Malformed malformed) {
            refuse(malformed.reason());
        } else if (step == PrefaceStep.Progress.NOBODY) {
            handOver(proxy, in);
        }
    }

    private void handOver(Peer client, ByteBuffer behind) throws IOException {
        ByteBuffer kept = ByteBuffer.allocate(behind.remaining()).put(behind).flip();
        host.announced(this, socket.channel(), client, kept);
        open = false;
    }

    private void refuse(String reason) {
        host.prefaces().refused(proxy, reason);
        disconnect();
    }

    // ---- In the eyes of those who count connections ----------------------------------------------------------------

    /** Nobody's yet: a proxy has as many connections as its clients. */
    @Override
    public String remoteAddress() {
        return "";
    }

    @Override
    public boolean isIdle() {
        return true; // no request can have begun
    }

    @Override
    public boolean canGiveWay() {
        return loop.nowNanos() - acceptedNanos > HttpChannel.FIRST_WORD_NANOS;
    }

    @Override
    public void giveWay() {
        read(); // it may have come in this very turn
        disconnect();
    }

    @Override
    public long lastActiveNanos() {
        return lastActiveNanos;
    }

    @Override
    public void enforce(long nowNanos, Deadlines deadlines) {
        if (deadlines.brokenByHead(nowNanos - acceptedNanos) == null) {
            return;
        }
        read();
        if (open) {
            refuse("did not come within request_head_timeout");
        }
    }

    @Override
    public void closeIfIdle(long nowNanos, long timeoutNanos) {
        if (nowNanos - lastActiveNanos > timeoutNanos && !read()) {
            disconnect();
        }
    }

    /** Closes the socket, unless it has gone to an HttpChannel. */
    @Override
    public void disconnect() {
        if (!open) {
            return;
        }
        open = false;
        try {
            socket.close();
        } catch (IOException e) {
            host.socketErrors().failed(e);
        }
        host.closed(this);
    }
}
