package dev.waitress.worker;

import dev.waitress.buffer.BufferSegment;
import dev.waitress.buffer.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that a worker shares with the front: it copies large blocks into slots, the front writes them to the client
 * from there. In front of the slots there is a byte for each: the worker sets it when it takes a slot, the front clears
 * it when the block was sent. Event loop only.
 */
final class Arena {
    private static final byte FREE = 0;

    private final MappedByteBuffer memory;
    private final int first;
    private final int slots;
    private final int slotBytes;

    /**
     * Maps the memory.
     *
     * @param first where the first slot begins
     */
    Arena(Path path, int first, int slots, int slotBytes) throws IOException {
        this.first = first;
        this.slots = slots;
        this.slotBytes = slotBytes;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = file.map(FileChannel.MapMode.READ_WRITE, 0, first + (long) slots * slotBytes);
        }
    }

    /** The first bytes of a slot, which becomes free when they are sent or dropped. */
    Segment block(int slot, int count) {
        if (slot < 0 || slot >= slots || count < 1 || count > slotBytes) {
            throw new IllegalArgumentException("no slot " + slot + " with " + count + " bytes");
        }
        return new Block(slot, memory.slice(first + slot * slotBytes, count));
    }

    private final class Block extends BufferSegment {
        private final int slot;
        private final ByteBuffer bytes;

        Block(int slot, ByteBuffer bytes) {
            this.slot = slot;
            this.bytes = bytes;
        }

        @Override
        protected ByteBuffer buffer() {
            return bytes;
        }

        @Override
        public void close() {
            memory.put(slot, FREE);
        }
    }
}
