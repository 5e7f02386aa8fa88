package dev.waitress.connection;

import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.Segment;
import dev.waitress.loop.LoopResources;
import dev.waitress.net.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Output on its way to one client: what its side takes at once, and what waits for that. Event loop only. */
final class Outbox {
    private static final Logger LOG = System.getLogger("waitress");

    /** Blocks of this size are offered to the socket before they are copied. */
    private static final int DIRECT_BYTES = 16 * 1024;

    private final LoopResources resources;
    private final Transport transport;
    private final OverflowBuffer waiting;

    Outbox(LoopResources resources, Transport transport, OverflowBuffer waiting) {
        this.resources = resources;
        this.transport = transport;
        this.waiting = waiting;
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
        if (length >= DIRECT_BYTES && !transport.isFull()) {
            transport.expectLargeBlocks();
            waiting.pass(bytes, offset, length, transport.output());
        } else {
            waiting.append(bytes, offset, length);
        }
    }

    /** Adds a segment, which is closed from here. */
    void add(Segment segment) {
        transport.expectLargeBlocks();
        if (segment instanceof FileRegion region && transport.isLocal()) {
            region.sendLocally(resources.localFiles());
        }
        waiting.append(segment);
    }

    /**
     * Sends what the client's side takes, and watches it for room if some is left.
     *
     * @return bytes sent
     * @throws java.io.EOFException if a file has lost bytes that were promised
     * @throws IOException if the connection is broken
     */
    long send() throws IOException {
        long sent = waiting.writeTo(transport.output());
        transport.watchOutput(!waiting.isEmpty());
        return sent;
    }

    /** Drops what was not sent. */
    void discard() {
        try {
            waiting.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back output that nobody reads", e);
        }
    }
}
