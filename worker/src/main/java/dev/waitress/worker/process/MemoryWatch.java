package dev.waitress.worker.process;

import dev.waitress.control.ResidentMemory;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds, on a thread of its own, how much memory processes take, and tells of those with too much.
 */
public final class MemoryWatch implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final long PERIOD_MILLIS = 2000;

    private final long mostBytes;
    private @Nullable Thread thread;

    /**
     * A watch that has not begun.
     *
     * @param mostBytes of a process and its children; 0 for no limit
     */
    public MemoryWatch(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Resident bytes of a process and its children, at most; 0 for no limit. */
    long mostBytes() {
        return mostBytes;
    }

    /**
     * Begins to look, if there is a limit.
     *
     * @param processes their ids, asked for on the watch's thread
     * @param tooLarge told on the watch's thread, again and again as long as it is so
     */
    void tell(Supplier<LongStream> processes, LongConsumer tooLarge) {
        if (mostBytes > 0) {
            ResidentMemory memory = ResidentMemory.ofThisSystem();
            Thread watching = new Thread(() -> run(mostBytes, memory, processes, tooLarge), "waitress-memory");
            watching.setDaemon(true);
            watching.start();
            thread = watching;
        }
    }

    private static void run(
            long mostBytes, ResidentMemory memory, Supplier<LongStream> processes, LongConsumer tooLarge) {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                for (long pid : processes.get().toArray()) {
                    if (memory.of(pid) > mostBytes) {
                        tooLarge.accept(pid);
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot find out how much memory workers take (max_worker_memory)", e);
        } catch (InterruptedException e) {
            // Nobody is interested any more.
        }
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
