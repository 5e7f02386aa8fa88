package dev.waitress.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory in slots, for request bodies that whoever answers the request reads from there. Event loop only. */
@FunctionalInterface
public interface SharedMemory {
    /** There is no such memory. */
    SharedMemory NONE = bytes -> null;

    /** A slot with room for so many bytes; null if none is free, or bodies of that size are better kept elsewhere. */
    @Nullable
    Slot take(long bytes);

    /** Lent until it is given back. */
    interface Slot {
        /** By which the other side knows it. */
        int number();

        /** The whole slot, from position 0 on. */
        ByteBuffer bytes();

        void giveBack();
    }
}
