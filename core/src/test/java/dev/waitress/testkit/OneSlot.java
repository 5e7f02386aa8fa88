package dev.waitress.testkit;

import dev.waitress.buffer.SharedMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory that has one slot, for bodies of some sizes. */
public final class OneSlot implements SharedMemory, SharedMemory.Slot {
    private final long smallest;
    private final ByteBuffer memory;
    private int free = 1;

    public OneSlot(long smallest, int largest) {
        this.smallest = smallest;
        this.memory = ByteBuffer.allocateDirect(largest);
    }

    /** How many are to be had. */
    public int free() {
        return free;
    }

    @Override
    public SharedMemory.@Nullable Slot take(long bytes) {
        return bytes >= smallest && bytes <= memory.capacity() && free-- > 0 ? this : null;
    }

    @Override
    public int number() {
        return 7;
    }

    @Override
    public ByteBuffer bytes() {
        return memory;
    }

    @Override
    public void giveBack() {
        free++;
    }
}
