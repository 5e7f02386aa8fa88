package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Output that a socket has not taken yet, first in, first out: in memory up to the overflow, the rest in private
 * temporary files; between them whatever {@link Segment} was handed over as it is. Memory is borrowed from the pool
 * only while there is output. Event loop only.
 */
public final class OverflowBuffer implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** Most bytes of an array offered in one write: the JDK copies all that it is offered, whatever is then taken. */
    private static final int SLICE_BYTES = 128 * 1024;

    private static final int SMALLEST_FILE_BYTES = 64 * 1024;

    private final BufferPool pool;
    private final int overflowBytes;
    private final PrivateDirectory directory;

    private @Nullable Segment first;
    private @Nullable Segment last;
    private long size;
    private long inMemory;
    private int files;

    public OverflowBuffer(BufferPool pool, int overflowBytes, PrivateDirectory directory) {
        this.pool = pool;
        this.overflowBytes = overflowBytes;
        this.directory = directory;
    }

    /** Bytes that wait. */
    public long size() {
        return size;
    }

    public boolean isEmpty() {
        return first == null;
    }

    /**
     * Adds bytes at the end.
     *
     * @throws IOException if they had to go to a file and it did not take them
     */
    public void append(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return;
        }
        // Once some are in a file, all go there until it is sent: else small blocks would lie in turns here and there.
        if (files == 0 && inMemory + count <= overflowBytes) {
            memoryAtEnd().append(bytes, offset, count, overflowBytes);
            inMemory += count;
        } else {
            fileAtEnd().append(bytes, offset, count);
        }
        size += count;
    }

    /** Adds a segment at the end, which is closed from here. */
    public void append(Segment segment) {
        link(segment);
        size += segment.remaining();
    }

    private MemoryRun memoryAtEnd() {
        if (last instanceof MemoryRun run) {
            return run;
        }
        MemoryRun run = pool.take();
        link(run);
        return run;
    }

    /** A file that is full is left, so that what was sent of an endless stream can be deleted. */
    private FileBuffer fileAtEnd() throws IOException {
        if (last instanceof FileBuffer file && file.size() < Math.max(SMALLEST_FILE_BYTES, overflowBytes / 2)) {
            return file;
        }
        FileBuffer file = new FileBuffer(directory);
        link(file);
        files++;
        return file;
    }

    private void link(Segment segment) {
        if (last == null) {
            first = segment;
        } else {
            last.next = segment;
        }
        last = segment;
    }

    /**
     * Adds bytes at the end, less those that the target takes now: what can leave at once is not copied. A target that
     * is broken takes none; {@link #writeTo} finds out.
     *
     * @throws IOException as {@link #append}
     */
    public void pass(byte[] bytes, int offset, int count, GatheringByteChannel target) throws IOException {
        int passed = 0;
        try {
            int taken;
            do {
                int slice = Math.min(SLICE_BYTES, count - passed);
                taken = offer(ByteBuffer.wrap(bytes, offset + passed, slice), target);
                passed += taken;
            } while (taken == SLICE_BYTES);
        } catch (IOException e) {
            LOG.log(Level.TRACE, "write failed", e);
        }
        append(bytes, offset + passed, count - passed);
    }

    /** Writes what waits and then the slice, of which the target takes so much. */
    private int offer(ByteBuffer slice, GatheringByteChannel target) throws IOException {
        int start = slice.position();
        if (first instanceof MemoryRun run && first == last) {
            // Usually a head and its body: one write for both.
            long waited = run.remaining();
            target.write(new ByteBuffer[] {run.buffer(), slice});
            taken(run, waited - run.remaining());
        } else {
            writeTo(target);
            if (first == null) {
                target.write(slice);
            }
        }
        return slice.position() - start;
    }

    /**
     * Hands on as much as the target takes now.
     *
     * @return bytes handed on
     */
    public long writeTo(WritableByteChannel target) throws IOException {
        long written = 0;
        while (first != null) {
            Segment segment = first;
            long count = segment.writeTo(target);
            written += count;
            taken(segment, count);
            if (first == segment) {
                break;
            }
        }
        return written;
    }

    /** The first segment has got rid of bytes; with the last of them it goes. */
    private void taken(Segment segment, long count) throws IOException {
        size -= count;
        if (segment instanceof MemoryRun) {
            inMemory -= count;
        }
        if (segment.remaining() == 0) {
            removeFirst(segment);
        }
    }

    private void removeFirst(Segment segment) throws IOException {
        first = segment.next;
        segment.next = null;
        if (first == null) {
            last = null;
        }
        if (segment instanceof FileBuffer) {
            files--;
        }
        segment.close();
    }

    /** Drops what was not sent. */
    @Override
    public void close() throws IOException {
        while (first != null) {
            size -= first.remaining();
            removeFirst(first);
        }
        inMemory = 0;
    }
}
