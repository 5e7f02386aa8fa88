package dev.waitress.worker.wire;

import org.jspecify.annotations.Nullable;

/** Who takes in what arrives on one of a worker's sockets. */
public interface FrameListener {
    /**
     * A whole frame.
     *
     * @return bytes that follow the frame outside of it, and are handed to {@link #raw}
     */
    int frame(byte[] bytes, int start, int end);

    /** Some of the bytes that follow the last frame. */
    void raw(byte[] bytes, int start, int count);

    /** The other side closed the socket, or broke the protocol. */
    void closed(@Nullable Throwable failure);
}
