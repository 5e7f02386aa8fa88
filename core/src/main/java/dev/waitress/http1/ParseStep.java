package dev.waitress.http1;

import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import java.nio.ByteBuffer;

/** What {@link Http1Parser#feed} found next in the bytes that it was given. */
public sealed interface ParseStep {
    /** Steps that carry nothing. */
    enum Progress implements ParseStep {
        /** More bytes are needed; all bytes given so far were consumed. */
        NEED_MORE,
        /** The request has ended; the bytes after it are still in the buffer. */
        COMPLETE
    }

    /** The head is complete; one object serves a whole connection. */
    record Head(RequestHead head) implements ParseStep {}

    /**
     * Decoded bytes of the body, in the array that was given; valid until that array changes or the parser goes on. One
     * object serves a whole connection.
     */
    final class BodyBytes implements ParseStep {
        private byte[] array = {};
        private int offset;
        private int length;

        BodyBytes() {}

        /** Takes the next bytes, as many as the buffer has, but no more than that. */
        BodyBytes take(ByteBuffer in, long most) {
            array = in.array();
            offset = in.arrayOffset() + in.position();
            length = (int) Math.min(most, in.remaining());
            in.position(in.position() + length);
            return this;
        }

        public byte[] array() {
            return array;
        }

        /** Index of the first one. */
        public int offset() {
            return offset;
        }

        public int length() {
            return length;
        }
    }

    /** The message breaks a rule: answer it, then close. */
    record Rejected(Rejection rejection) implements ParseStep {}
}
