package dev.waitress.task;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blocks on their way from task threads to the event loop, those of all responses together. Only when the loop has
 * taken them do they count in its budget of memory, so threads that are faster than it have to wait. Thread-safe.
 */
final class Transit {
    /** Bytes; the next block sets out when there are no more, however large it is. */
    static final int MOST_BYTES = 1024 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private long bytes; // guarded by lock

    /** Waits while there are too many. */
    void awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (bytes > MOST_BYTES) {
                arrived.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A block sets out. */
    void depart(int count) {
        lock.lock();
        try {
            bytes += count;
        } finally {
            lock.unlock();
        }
    }

    /** The loop has it. */
    void arrive(int count) {
        lock.lock();
        try {
            bytes -= count;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
