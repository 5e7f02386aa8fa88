package dev.waitress.log;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes on a thread of its own what others hand it: a disk that stalls, or a terminal that nobody reads, stops nobody.
 * Thread-safe.
 *
 * @param <T> a piece of what is written
 */
public final class BackgroundWriter<T> {
    private final BlockingQueue<Optional<T>> queue = new LinkedBlockingQueue<>();
    private final Semaphore room;
    private final Consumer<T> target;
    private final Thread thread;

    /**
     * A writer that runs until it is closed.
     *
     * @param pieces how many may wait at once
     * @param target called by the thread of this name only; may take its time, throws nothing
     */
    public BackgroundWriter(String threadName, int pieces, Consumer<T> target) {
        this.room = new Semaphore(pieces);
        this.target = target;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a piece to be written after those before it; false if too much waits already. */
    public boolean offer(T piece) {
        return room.tryAcquire() && queue.add(Optional.of(piece));
    }

    private void run() {
        try {
            for (Optional<T> next = queue.take(); next.isPresent(); next = queue.take()) {
                target.accept(next.get());
                room.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does so; what is left is not written
        }
    }

    /** Writes what was handed over before, and ends; returns false if that takes longer than this. */
    public boolean close(long timeoutMillis) throws InterruptedException {
        queue.add(Optional.empty());
        TimeUnit.MILLISECONDS.timedJoin(thread, timeoutMillis);
        return !thread.isAlive();
    }
}
