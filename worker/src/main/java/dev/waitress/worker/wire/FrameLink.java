package dev.waitress.worker.wire;

import java.io.Closeable;

/** One of a worker's sockets, for those who talk over it. Event loop only. */
public interface FrameLink extends Closeable {
    /**
     * Hands what arrives from now on to somebody else, who asks for it with {@link #receive}. Called by the listener,
     * as it takes in a frame.
     */
    void handOver(FrameListener newListener);

    /** Lets go of the socket, which stays open; nothing is read from it any more. */
    Closeable release();

    /** Takes in what has arrived since the last call. */
    void receive();

    /** Takes in all that the other side sent before it went away; what broke is of no interest any more. */
    void receiveLast();

    /** Sends bytes at the next {@link #flush}; they must not change until they are on their way. */
    void send(byte[] bytes, int start, int count);

    /** Sends a whole frame that holds one value, now. */
    void sendFrame(MarshalWriter value);

    void flush();

    /** Messages that the other side has not taken yet. */
    int backlog();

    @Override
    void close();
}
