package dev.waitress.connection;

import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.Segment;
import dev.waitress.loop.EventLoop;
import dev.waitress.net.ClientSocket;
import java.io.Closeable;
import java.io.IOException;

/** Output on its way to one client: what its socket takes at once, and what waits for that. Event loop only. */
final class ClientOutput implements Closeable {
    /** Blocks of this size are offered to the socket before they are copied. */
    private static final int DIRECT_BYTES = 16 * 1024;

    private final EventLoop loop;
    private final ClientSocket socket;
    private final OverflowBuffer waiting;

    ClientOutput(EventLoop loop, ChannelHost host, ClientSocket socket) {
        this.loop = loop;
        this.socket = socket;
        this.waiting = new OverflowBuffer(loop.resources().pool(), host.outbufOverflow(), host.directory());
    }

    /** Bytes that wait. */
    long size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Adds bytes.
     *
     * @throws IOException if they had to be stored and could not be
     */
    void add(byte[] bytes, int offset, int length) throws IOException {
        if (length >= DIRECT_BYTES && !socket.isFull()) {
            socket.expectLargeBlocks();
            waiting.pass(bytes, offset, length, socket.channel());
        } else {
            waiting.append(bytes, offset, length);
        }
    }

    /** Adds a segment, which is closed from here. */
    void add(Segment segment) {
        socket.expectLargeBlocks();
        if (segment instanceof FileRegion region && socket.isLocal()) {
            region.sendLocally(loop.resources().localFiles());
        }
        waiting.append(segment);
    }

    /**
     * Sends what the socket takes, and watches it for room if some is left.
     *
     * @return bytes sent
     * @throws java.io.EOFException if a file has lost bytes that were promised
     * @throws IOException if the socket is broken
     */
    long send() throws IOException {
        long sent = waiting.writeTo(socket.channel());
        socket.watchOutput(!waiting.isEmpty());
        return sent;
    }

    /** Drops what was not sent. */
    @Override
    public void close() throws IOException {
        waiting.close();
    }
}
