package dev.waitress.connection;

import java.nio.ByteBuffer;

/** What a connection's bytes mean: a preface, or HTTP. Event loop only. */
interface ProtocolHandler {
    /** Bytes have come; the buffer is the loop's, and used up or copied when this returns. */
    void received(ByteBuffer in);

    /** Whether more of what has begun is to be read in the same turn. */
    boolean expectsMore();

    /** The client has closed its side. */
    void inputEnded();

    /** The client took some of the output; so much waits. */
    void outputTaken(long waiting);

    /** All of the output has left, and the connection goes on. */
    void outputSent();

    /** Whether an application is at work, so that time-outs of the client do not count. */
    boolean awaitsApplication();

    /** Whether nothing has come of a next request, and none waits. */
    boolean isIdle();

    /** Whether the connection's peer is the client itself. */
    boolean knowsClient();

    /** Whether there was a request on this connection. */
    boolean hasServed();

    /** Refuses what comes too slowly. */
    void enforceDeadlines(long nowNanos);

    /** The connection only lingers: what was kept of its input does not count any more. */
    void dropInput();

    /** The connection is closed: gives back all, and tells whoever still responds. */
    void closed();
}
