package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Output that a socket has not taken yet, first in, first out: in memory up to the overflow, or as far as there is
 * memory, the rest in a private temporary file; between them whatever {@link Segment} was handed over as it is. Memory
 * is borrowed from the pool only while there is output. Event loop only.
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

    /** Where the next bytes go that find no room in memory; null if there is no such file. */
    private @Nullable SpoolFile spool;

    private int spooledRuns;

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
        if (spooledRuns > 0 || inMemory() + count > overflowBytes || !appendToMemory(bytes, offset, count)) {
            runAtEnd().append(bytes, offset, count);
        }
        size += count;
    }

    /** Adds a segment at the end, which is closed from here. */
    public void append(Segment segment) {
        link(segment);
        size += segment.remaining();
    }

    /** Bytes that wait in memory of ours; rarely in more than one run. */
    private long inMemory() {
        long sum = 0;
        for (Segment each = first; each != null; each = each.next) {
            sum += each instanceof MemoryRun ? each.remaining() : 0;
        }
        return sum;
    }

    /** False if there is no memory for it. */
    private boolean appendToMemory(byte[] bytes, int offset, int count) {
        if (last instanceof MemoryRun run) {
            return run.append(bytes, offset, count, overflowBytes);
        }
        MemoryRun run = pool.take(count);
        if (run == null) {
            return false;
        }
        if (!run.append(bytes, offset, count, overflowBytes)) {
            run.close();
            return false;
        }
        link(run);
        return true;
    }

    /** Tells what came of a failure to keep bytes. */
    public void report(String what, IOException failure) {
        directory.files().report(what, failure);
    }

    private SpooledRun runAtEnd() throws IOException {
        SpoolFile file = spool;
        if (file == null || file.isClosed() || file.isWorn(Math.max(SMALLEST_FILE_BYTES, overflowBytes / 2))) {
            file = new SpoolFile(directory);
            spool = file;
        }
        if (last instanceof SpooledRun run && run.isIn(file)) {
            return run;
        }
        SpooledRun run = new SpooledRun(file);
        link(run);
        spooledRuns++;
        return run;
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
        if (first == null) {
            target.write(slice);
        } else if (isAllInMemory()) {
            // Usually a head and its body: one write for both.
            gather(slice, target);
        } else {
            writeTo(target);
        }
        return slice.position() - start;
    }

    private boolean isAllInMemory() {
        Segment each = first;
        while (each instanceof BufferSegment) {
            each = each.next;
        }
        return each == null;
    }

    /**
     * Hands on as much as the target takes now.
     *
     * @return bytes handed on
     */
    public long writeTo(GatheringByteChannel target) throws IOException {
        long before = size;
        Segment segment;
        do {
            segment = first;
            if (segment instanceof BufferSegment) {
                gather(null, target);
            } else if (segment != null) {
                taken(segment.writeTo(target));
            }
        } while (first != segment);
        return before - size;
    }

    /** One write for what lies in memory in a row, and for the slice if nothing else is before it. */
    private void gather(@Nullable ByteBuffer slice, GatheringByteChannel target) throws IOException {
        ByteBuffer[] gathered = pool.gathered;
        int count = 0;
        Segment each = first;
        while (each instanceof BufferSegment part && count < gathered.length - 1) {
            gathered[count++] = part.buffer();
            each = each.next;
        }
        if (each == null && slice != null) {
            gathered[count++] = slice;
        }
        int sliced = slice == null ? 0 : slice.remaining();
        try {
            long written = count == 1 ? target.write(gathered[0]) : target.write(gathered, 0, count);
            taken(written - (slice == null ? 0 : sliced - slice.remaining()));
        } finally {
            Arrays.fill(gathered, 0, count, BufferPool.NOTHING);
        }
    }

    /**
     * Copies what is only lent: it was not sent in the turn in which it came.
     *
     * @throws IOException if it has gone, or had to go to a file that did not take it
     */
    public void settle() throws IOException {
        Segment before = null;
        for (Segment each = first; each != null; each = each.next) {
            if (each instanceof LoanedSegment loan) {
                each = replace(before, loan);
            }
            before = each;
        }
    }

    private Segment replace(@Nullable Segment before, LoanedSegment loan) throws IOException {
        Segment kept = keep(loan.copy());
        kept.next = loan.next;
        loan.next = null;
        if (before == null) {
            first = kept;
        } else {
            before.next = kept;
        }
        if (last == loan) {
            last = kept;
        }
        loan.close();
        return kept;
    }

    private Segment keep(byte[] bytes) throws IOException {
        MemoryRun run = inMemory() + bytes.length > overflowBytes ? null : pool.take(bytes.length);
        if (run != null && run.append(bytes, 0, bytes.length, overflowBytes)) {
            return run;
        }
        if (run != null) {
            run.close();
        }
        SpooledRun spooled = new SpooledRun(new SpoolFile(directory));
        try {
            spooled.append(bytes, 0, bytes.length);
        } catch (IOException e) {
            spooled.close();
            throw e;
        }
        spooledRuns++;
        return spooled;
    }

    /** Some of what waits is gone; segments that are used up go too. */
    private void taken(long count) throws IOException {
        size -= count;
        while (first != null && first.remaining() == 0) {
            removeFirst(first);
        }
    }

    private void removeFirst(Segment segment) throws IOException {
        first = segment.next;
        segment.next = null;
        if (first == null) {
            last = null;
        }
        if (segment instanceof SpooledRun) {
            spooledRuns--;
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
    }
}
