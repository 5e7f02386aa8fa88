package dev.waitress.worker.memory;

import dev.waitress.buffer.FileMapping;
import dev.waitress.buffer.LoanedSegment;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * Memory in which a worker lays the bodies of whole answers, one behind the other, and behind the end from the
 * beginning again; a body lies in one piece. In front of it stands how many bytes are free again since the beginning,
 * the gaps in front of them too: the worker lays nothing where that has not come yet. Then comes a byte that says that
 * we know the ring: the worker lays nothing before that, as nobody could find it if the worker died. As with the
 * {@link Arena}, only the kernel touches the mapping. Event loop only.
 */
public final class Ring implements Closeable {
    private static final int NUMBER_BYTES = Integer.BYTES;

    private static final int SMALLEST_FIRST = NUMBER_BYTES + 1;

    /** A worker of ours makes one of 1 MiB. */
    private static final int LARGEST_BYTES = 1 << 26;

    private final SharedFile file;
    private final ByteBuffer number = ByteBuffer.allocateDirect(NUMBER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final int first;
    private final int bytes;

    /** In their order; those that were sent or dropped are free when all before them are. */
    private final ArrayDeque<Body> laid = new ArrayDeque<>();

    /** Where the next body lies, or behind that. */
    private int end;

    /** What the bodies take up, and the gaps in front of them. */
    private int taken;

    /** Bytes that are free again, modulo 2^32. */
    private int freed;

    /**
     * Maps the memory.
     *
     * @param first where the ring begins
     * @throws IllegalArgumentException if the file is not that large
     */
    public Ring(Path path, int first, int bytes) throws IOException {
        this(path, first, bytes, FileMapping::of);
    }

    Ring(Path path, int first, int bytes, SharedFile.Mapper mapper) throws IOException {
        if (first < SMALLEST_FIRST || first > LARGEST_BYTES || bytes < 1 || bytes > LARGEST_BYTES) {
            throw new IllegalArgumentException("a ring of " + bytes + " bytes at " + first);
        }
        this.first = first;
        this.bytes = bytes;
        file = new SharedFile(path, first + bytes, mapper);
        try {
            file.write(ByteBuffer.wrap(new byte[] {1}), NUMBER_BYTES);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /**
     * The body that was laid behind all others.
     *
     * @throws IllegalArgumentException if it cannot lie there
     */
    public LoanedSegment body(int start, int count) throws IOException {
        boolean isInside = start >= 0 && count >= 1 && count <= bytes - start;
        int gap = Math.floorMod(start - end, bytes);
        if (!isInside || gap > bytes - taken - count) {
            throw new IllegalArgumentException("no body of " + count + " bytes at " + start + " of the ring");
        }
        Body body = new Body(start, count, gap + count);
        end = (start + count) % bytes;
        taken += body.room;
        laid.addLast(body);
        return body;
    }

    /** Tells the worker what is free again. */
    public void giveBack() throws IOException {
        int before = freed;
        while (!laid.isEmpty() && laid.getFirst().isDone) {
            Body body = laid.removeFirst();
            taken -= body.room;
            freed += body.room;
        }
        if (freed != before) {
            number.clear().putInt(freed).flip();
            file.write(number, 0);
        }
    }

    /** The worker is gone: what still waits for clients is sent, then the memory is given back. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Body extends LoanedSegment {
        private final int end;
        private final int room;
        private ByteBuffer rest;
        private boolean isDone;

        Body(int start, int count, int room) throws IOException {
            this.end = start + count;
            this.room = room;
            this.rest = file.lend(first + start, count);
        }

        @Override
        protected ByteBuffer buffer() {
            return rest;
        }

        @Override
        protected byte[] copy() throws IOException {
            return file.read(first + start(), rest.remaining()).array();
        }

        private int start() {
            return end - rest.capacity() + rest.position();
        }

        @Override
        public void close() throws IOException {
            rest = ByteBuffer.allocate(0); // what it showed may be gone now
            isDone = true;
            file.close();
        }
    }
}
