package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;

/** Where a response goes: its client, in the protocol that the client speaks. Event loop only. */
public interface ResponseSink {
    /** Sends the fields of an interim response, where the client knows such responses. */
    void hints(ResponseHead hints);

    /**
     * Sends the head, which is complete but for what the server says itself.
     *
     * @return whether the connection stays open behind the response, if that becomes complete
     */
    boolean head(ResponseHead head, BodyLength body);

    /** Takes at least one byte of the body; what the client cannot take yet is buffered. */
    void body(byte[] bytes, int offset, int length);

    /** Takes a part of the body that lies elsewhere; the segment is closed when it was sent or dropped. */
    void body(Segment segment);

    /**
     * The response has ended.
     *
     * @param complete whether the body is all that the head has announced; if not, the connection is closed behind it
     */
    void end(boolean complete);

    /** The response cannot be finished: the client must learn that what it has is not all. */
    void cut();

    /**
     * Answers in the server's name, and ends the response.
     *
     * @return bytes of the body
     */
    int error(Status status, String text, RequestId id);

    /** Whoever produced it has ended too, after the client had left before the end. */
    default void released() {}
}
