package dev.waitress.relay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many bytes of bodies are on their way from one loop to another: only where they arrive they count in the memory
 * for all clients. A loop that is faster than the other has to wait; the other one never waits for it. Thread-safe.
 */
final class Passage {
    /** What sets out when there are no more goes, however much it is. */
    static final int MOST_BYTES = 2 * 1024 * 1024;

    /** Whoever does not arrive for so long has ended. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private long bytes; // guarded by lock

    /** So many set out, perhaps after a while. */
    void enter(int count) {
        if (count == 0) {
            return;
        }
        lock.lock();
        try {
            awaitRoom();
            bytes += count;
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom() {
        long leftNanos = PATIENCE_NANOS;
        try {
            while (bytes > MOST_BYTES && leftNanos > 0) {
                leftNanos = arrived.awaitNanos(leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
        }
    }

    /** So many have arrived. */
    void leave(int count) {
        if (count == 0) {
            return;
        }
        lock.lock();
        try {
            bytes -= count;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
