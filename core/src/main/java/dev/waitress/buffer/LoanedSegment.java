package dev.waitress.buffer;

import java.io.IOException;

/** Bytes in memory that is wanted back soon: what is not sent in the turn in which they come is copied. */
public abstract class LoanedSegment extends BufferSegment {
    /**
     * The bytes that are left.
     *
     * @throws IOException if they have gone
     */
    protected abstract byte[] copy() throws IOException;

    /**
     * The bytes that are left, for somebody who keeps them; it is closed.
     *
     * @throws IOException if they have gone
     */
    public final byte[] take() throws IOException {
        try (this) {
            return copy();
        }
    }
}
