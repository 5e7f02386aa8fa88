package dev.waitress.http2;

/** Is given the fields of one block, in their order. */
public interface FieldSink {
    /**
     * One field; the arrays are valid during the call only.
     *
     * @return false if the block is not worth reading on, which is the end of its connection
     */
    boolean field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd);

    /** Takes every field, and keeps none. */
    FieldSink NOBODY = (names, name, nameEnd, values, value, valueEnd) -> true;
}
