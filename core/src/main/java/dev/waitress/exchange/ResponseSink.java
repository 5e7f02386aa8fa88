package dev.waitress.exchange;

import dev.waitress.buffer.Segment;

/** Where a response goes: the client's channel. Event loop only. */
public interface ResponseSink {
    /** Takes bytes for the client; what its socket cannot take yet is buffered. */
    void write(byte[] bytes, int offset, int length);

    /** Takes bytes that lie elsewhere; the segment is closed when they were sent or dropped. */
    void write(Segment segment);

    /**
     * All of the response was written.
     *
     * @param reusable whether the connection may carry another request; else it is closed when the bytes are sent
     */
    void ended(boolean reusable);

    /**
     * The response cannot be finished: the connection is cut behind what was written.
     *
     * @param reset whether by a reset, because the client would take a plain end for the end of the body
     */
    void cut(boolean reset);

    /** Whether the connection is to be closed after this response, for example because the server stops. */
    boolean isClosing();

    /** A whole Date field. */
    byte[] dateField();
}
