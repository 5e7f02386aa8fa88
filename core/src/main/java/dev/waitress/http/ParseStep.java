package dev.waitress.http;

/** What {@link RequestParser#feed} found next in the bytes that it was given. */
public sealed interface ParseStep permits ParseStep.Progress, ParseStep.BodyBytes, RequestHead, Rejection {
    /** Steps that carry nothing. */
    enum Progress implements ParseStep {
        /** More bytes are needed; all bytes given so far were consumed. */
        NEED_MORE,
        /** The request has ended; the bytes after it are still in the buffer. */
        COMPLETE
    }

    /**
     * Decoded bytes of the body, in the array that was given; valid until that array changes.
     *
     * @param offset index of the first one
     */
    @SuppressWarnings("ArrayRecordComponent") // a view of the reader's buffer, never compared
    record BodyBytes(byte[] array, int offset, int length) implements ParseStep {}
}
