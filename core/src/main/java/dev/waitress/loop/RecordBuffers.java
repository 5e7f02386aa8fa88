package dev.waitress.loop;

import java.nio.ByteBuffer;

/**
 * Where encrypted connections open and seal their records, one after the other. On the heap, where the JDK's ciphers
 * are at their fastest. Event loop only.
 */
public final class RecordBuffers {
    /**
     * Bytes of the largest record with its header, about: what the JDK's engines call their packet buffer's size. RFC
     * 8446 §5.2.
     */
    public static final int RECORD_BYTES = 16_709;

    /** Two in one read: each read has its price. */
    private static final int RECEIVED_BYTES = 2 * RECORD_BYTES;

    /** Most bytes that are sealed at once, before the system has taken any of them. */
    public static final int SEALED_BYTES = 4 * RECORD_BYTES;

    private final ByteBuffer received = ByteBuffer.allocate(RECEIVED_BYTES);
    private final ByteBuffer opened = ByteBuffer.allocate(RECEIVED_BYTES + RECORD_BYTES);
    private final ByteBuffer sealed = ByteBuffer.allocate(SEALED_BYTES);

    RecordBuffers() {}

    /** For what comes from a client; empty. */
    public ByteBuffer received() {
        return received.clear();
    }

    /** For what that says; empty. There is room for all that can be received at once, and then for a record. */
    public ByteBuffer opened() {
        return opened.clear();
    }

    /** For what goes to a client; empty. */
    public ByteBuffer sealed() {
        return sealed.clear();
    }
}
