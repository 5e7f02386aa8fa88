package dev.waitress.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The lines of the access log on their way to its file. An event loop composes them in a buffer; a thread writes full
 * buffers, one write each, those of all loops. A disk that stalls delays no request: what is composed waits, up to a
 * bound, and lines beyond that are dropped and counted.
 *
 * <p>Event loop only, but for {@link #close}.
 */
final class LogQueue {
    private static final Logger LOG = System.getLogger("waitress");

    /** Large, because each full buffer wakes a thread: some 70 times for 100,000 lines of the combined format. */
    private static final int FULL_BYTES = 128 * 1024;
    /** Beyond the point where a buffer is handed over, so that it need not grow for the line that goes past it. */
    private static final int SPARE_BYTES = 8 * 1024;

    private static final int MOST_WAITING_BYTES = 8 * 1024 * 1024;
    /** One is filled, one is written, one waits. */
    private static final int MOST_SPARE = 3;

    private static final long CLOSE_MILLIS = 5000;
    private static final long GIVE_UP_MILLIS = 1000;
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Handed to the thread that writes. */
    private record Full(Line line, int count) {
        int size() {
            return line.capacity();
        }
    }

    /** What the queues of all loops share. */
    private static final class Shared {
        private final AccessFormat format;
        private final AccessFile file;
        private final BackgroundWriter<Full> writer;
        private final BlockingQueue<Line> spare = new ArrayBlockingQueue<>(MOST_SPARE);

        /** Those that are not closed. */
        private final AtomicInteger queues = new AtomicInteger();

        /** Lines that were handed over, by those that are closed. */
        private long handedOver;

        /** Lines that are in the file. Changed by the thread that writes. */
        private volatile long written;

        Shared(AccessFormat format, AccessFile file) {
            this.format = format;
            this.file = file;
            this.writer = new BackgroundWriter<>("waitress-access-log", MOST_WAITING_BYTES, Full::size, this::write);
        }

        private Line empty() {
            Line line = spare.poll();
            return line == null ? format.line(FULL_BYTES + SPARE_BYTES) : line;
        }

        /** Called by the thread that writes. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // nobody else changes it
        private void write(Full full) {
            Line line = full.line();
            if (file.write(ByteBuffer.wrap(line.bytes(), 0, line.length()))) {
                written += full.count();
            }
            if (line.capacity() <= FULL_BYTES + SPARE_BYTES) {
                line.clear();
                spare.offer(line);
            }
        }
    }

    private final Shared shared;

    private Line filling;
    private int count;
    private long handedOver;

    private long dropped;

    /** The same since the start. */
    private long droppedInAll;

    private long reportedNanos = System.nanoTime() - REPORT_NANOS;

    LogQueue(AccessFormat format, AccessFile file) {
        this(new Shared(format, file));
    }

    private LogQueue(Shared shared) {
        this.shared = shared;
        this.filling = shared.empty();
        shared.queues.incrementAndGet();
    }

    /** One for another loop, to the same file. */
    LogQueue another() {
        return new LogQueue(shared);
    }

    /** Where the next line is composed; {@link #ended} follows. */
    Line next() {
        return filling;
    }

    void ended() {
        count++;
        if (filling.length() >= FULL_BYTES) {
            handOver();
        }
    }

    private void handOver() {
        if (shared.writer.offer(new Full(filling, count))) {
            handedOver += count;
            filling = shared.empty();
        } else {
            filling.clear();
            dropped += count;
            droppedInAll += count;
            reportDroppedAtTimes();
        }
        count = 0;
    }

    /** Tells of dropped lines: of the first at once, then every minute. */
    private void reportDroppedAtTimes() {
        if (System.nanoTime() - reportedNanos >= REPORT_NANOS) {
            reportDropped();
        }
    }

    private void reportDropped() {
        if (dropped > 0) {
            LOG.log(Level.WARNING, "the access log is written too slowly: " + dropped + " lines were dropped");
            dropped = 0;
            reportedNanos = System.nanoTime();
        }
    }

    /** Lines that were dropped so far. */
    long dropped() {
        return droppedInAll;
    }

    /** Hands over what there is, so that no line waits long; where the disk stalls, only full buffers wait. */
    void tick() {
        if (count > 0 && shared.writer.isIdle()) {
            handOver();
        }
        reportDroppedAtTimes();
    }

    /** Goes on in a new file, which is there at once. */
    void reopen() {
        shared.file.reopen();
        handOver();
    }

    /** Writes the rest, if that is possible soon; the event loops have ended. Where others are left, they do so. */
    void close() throws InterruptedException {
        handOver();
        shared.handedOver += handedOver;
        if (shared.queues.decrementAndGet() > 0) {
            reportDropped();
            return;
        }
        boolean ended = shared.writer.close(CLOSE_MILLIS);
        if (!ended) {
            shared.file.giveUp();
            ended = shared.writer.close(GIVE_UP_MILLIS);
        }
        dropped += shared.handedOver - shared.written;
        reportDropped();
        if (ended) {
            close(shared.file);
        } // else it hangs in a write, and closing the file would wait for that
    }

    private static void close(AccessFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot close the access log", e);
        }
    }
}
