package dev.waitress.log;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Writes on a thread of its own what others hand it: a disk that stalls, or a terminal that nobody reads, stops nobody.
 * Thread-safe.
 *
 * @param <T> a piece of what is written
 */
public final class BackgroundWriter<T> {
    private final BlockingQueue<Optional<T>> queue = new LinkedBlockingQueue<>();
    private final int mostWaiting;
    private final Semaphore room;
    private final ToIntFunction<T> size;
    private final Consumer<T> target;
    private final Thread thread;

    /**
     * A writer that runs until it is closed, with a bound on the number of pieces.
     *
     * @param mostWaiting how many may wait at once, the one that is being written among them
     * @param target called by the thread of this name only; may take its time, throws nothing
     */
    public BackgroundWriter(String threadName, int mostWaiting, Consumer<T> target) {
        this(threadName, mostWaiting, piece -> 1, target);
    }

    /**
     * A writer with a bound on the size of the pieces together.
     *
     * @param mostWaiting how much may wait at once, together with what is being written
     * @param size how much of that a piece takes up
     * @param target called by the thread of this name only; may take its time, throws nothing
     */
    BackgroundWriter(String threadName, int mostWaiting, ToIntFunction<T> size, Consumer<T> target) {
        this.mostWaiting = mostWaiting;
        this.room = new Semaphore(mostWaiting);
        this.size = size;
        this.target = target;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a piece to be written after those before it; false if too much waits already. */
    public boolean offer(T piece) {
        return room.tryAcquire(size.applyAsInt(piece)) && queue.add(Optional.of(piece));
    }

    /** Whether all that was handed over is written. */
    public boolean isIdle() {
        return room.availablePermits() == mostWaiting;
    }

    private void run() {
        try {
            for (Optional<T> next = queue.take(); next.isPresent(); next = queue.take()) {
                int taken = size.applyAsInt(next.get());
                target.accept(next.get());
                room.release(taken);
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
