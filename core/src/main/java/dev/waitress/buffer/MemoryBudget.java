package dev.waitress.buffer;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap all clients together may take up: with heads, bodies and output that wait. Each of these has a
 * limit of its own, but no number of clients may use up the memory. What finds no room goes to a file, or is refused.
 * Thread-safe.
 */
public final class MemoryBudget {
    private static final Logger LOG = System.getLogger("waitress");

    /**
     * Who holds more than this gets no more once half is taken: what is small still finds room beside what is large.
     */
    static final int SMALL_BYTES = 16 * 1024;

    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long most;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong reportNanos = new AtomicLong(System.nanoTime());

    /** A budget of so many bytes. */
    public MemoryBudget(long most) {
        this.most = most;
    }

    /** Half of the heap; the other half is for the server itself, and a Java application. */
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
    }

    /**
     * Lets somebody hold {@code after} bytes instead of {@code before}.
     *
     * @return false, and nothing has changed, if that is more and there is no room for it
     */
    public boolean resize(long before, long after) {
        return resize(before, after, after > SMALL_BYTES ? most / 2 : most);
    }

    /** The same for what nobody can have less of: it may take the last. */
    boolean fill(long before, long after) {
        return resize(before, after, most);
    }

    private boolean resize(long before, long after, long bound) {
        long more = after - before;
        long total = held.addAndGet(more);
        if (more > 0 && total > bound) {
            held.addAndGet(-more);
            reportAtTimes();
            return false;
        }
        return true;
    }

    /** Somebody holds these bytes no longer. */
    public void release(long bytes) {
        held.addAndGet(-bytes);
    }

    /** Bytes that may be held. */
    public long most() {
        return most;
    }

    /** Bytes that are held now. */
    public long held() {
        return held.get();
    }

    /** Tells of it at once, then every minute. */
    private void reportAtTimes() {
        long now = System.nanoTime();
        long due = reportNanos.get();
        if (now - due >= 0 && reportNanos.compareAndSet(due, now + REPORT_NANOS)) {
            LOG.log(
                    Level.WARNING,
                    "clients take up " + held() / (1024 * 1024) + " MiB of the heap: more goes to files, or is refused"
                            + " (a larger heap, Java's option -Xmx, holds more)");
        }
    }
}
