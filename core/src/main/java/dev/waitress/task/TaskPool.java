package dev.waitress.task;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait, first come, first served, and the threads that run them: one for each place, and more while
 * responses are streamed, which give their places away. Thread-safe.
 */
final class TaskPool {
    private static final Logger LOG = System.getLogger("waitress");

    /** Threads stay so long after the last stream has begun, though no place needs them: the next one may be near. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int places;
    private final int mostStreams;
    private final ThreadKind kind;
    private final Consumer<TaskThread> work;
    private final List<TaskThread> threads = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock.
    private final Deque<AppTask> waiting = new ArrayDeque<>();
    private final Set<AppTask> streaming = new HashSet<>();
    private final BitSet numbers = new BitSet();
    /** Threads that wait for a task. */
    private int idle;
    /** Tasks that run; one whose end has only to be handed over is none: its thread is about to be idle. */
    private int running;

    /** When the last stream has begun. */
    private long streamedNanos;

    private boolean cannotStart;
    private boolean isClosed;

    /**
     * A pool without threads yet.
     *
     * @param places so many tasks run at a time, not counting those that stream
     * @param mostStreams so many of these do not count, at most
     * @param work what a thread does: {@link #take} tasks until there are none
     */
    TaskPool(int places, int mostStreams, ThreadKind kind, Consumer<TaskThread> work) {
        this.places = places;
        this.mostStreams = mostStreams;
        this.kind = kind;
        this.work = work;
    }

    /** Starts a thread for each place, unless they are of a kind that is better started when it is needed. */
    void open() {
        lock.lock();
        try {
            while (threads.size() < kind.early(places)) {
                start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        int number = numbers.nextClearBit(0);
        TaskThread thread = new TaskThread(number, kind, work);
        thread.start();
        numbers.set(number);
        threads.add(thread);
    }

    /** Those that there are now. */
    List<TaskThread> threads() {
        return List.copyOf(threads);
    }

    // ---- Tasks that wait -------------------------------------------------------------------------------------------

    /** Adds one behind all others. */
    void add(AppTask task) {
        lock.lock();
        try {
            waiting.addLast(task);
            advance();
        } finally {
            lock.unlock();
        }
    }

    /** How many tasks there are more than places; below zero if places are free. */
    int excess() {
        lock.lock();
        try {
            return waiting.size() + running - room();
        } finally {
            lock.unlock();
        }
    }

    /** Whether any task waits or runs. */
    boolean isBusy() {
        lock.lock();
        try {
            return !waiting.isEmpty() || running > 0;
        } finally {
            lock.unlock();
        }
    }

    /** The one that waits for longest. */
    @Nullable
    AppTask oldest() {
        lock.lock();
        try {
            return waiting.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Removes one that waits; false if a thread was quicker. */
    boolean remove(AppTask task) {
        lock.lock();
        try {
            return waiting.remove(task);
        } finally {
            lock.unlock();
        }
    }

    /** Removes those that wait and are like that. */
    void removeIf(Predicate<AppTask> condition) {
        lock.lock();
        try {
            waiting.removeIf(condition);
        } finally {
            lock.unlock();
        }
    }

    // ---- Tasks that run --------------------------------------------------------------------------------------------

    /** Waits for a task, which {@link #end} has to follow; null if this thread is to end. */
    @Nullable
    AppTask take(TaskThread me) {
        lock.lock();
        idle++;
        try {
            while (!isClosed && !isTaskDue()) {
                if (threads.size() <= room()) {
                    changed.awaitUninterruptibly();
                } else if (!awaitStream()) {
                    threads.remove(me);
                    numbers.clear(me.number());
                    return null;
                }
            }
            if (isClosed) {
                return null;
            }
            running++;
            Thread.interrupted(); // the task before has left the thread like that
            return waiting.removeFirst();
        } finally {
            idle--;
            lock.unlock();
        }
    }

    /** Waits for something to change; false if the last stream has begun too long ago. */
    @SuppressWarnings("WaitNotInLoop") // who calls does so in one
    private boolean awaitStream() {
        long leftNanos = streamedNanos + KEPT_NANOS - System.nanoTime();
        if (leftNanos <= 0) {
            return false;
        }
        try {
            changed.awaitNanos(leftNanos);
        } catch (InterruptedException e) {
            // Meant for what the thread ran before.
        }
        return true;
    }

    private boolean isTaskDue() {
        return !waiting.isEmpty() && running < room();
    }

    /** How many tasks may run: each that streams makes room for another. */
    private int room() {
        return places + Math.min(streaming.size(), mostStreams);
    }

    /** The response of a task is on its way, piece by piece. */
    void stream(AppTask task) {
        lock.lock();
        try {
            streaming.add(task);
            streamedNanos = System.nanoTime();
            advance();
        } finally {
            lock.unlock();
        }
    }

    /** A task has run, and its thread is about to take another one. */
    void end(AppTask task) {
        lock.lock();
        try {
            streaming.remove(task);
            running--;
        } finally {
            lock.unlock();
        }
    }

    /** Has a thread take the next task, if there is a place for it. */
    private void advance() {
        if (isTaskDue()) {
            changed.signal();
            if (waiting.size() > idle && threads.size() < room()) {
                startIfPossible();
            }
        }
    }

    /** Where the system has no thread for us, a task waits for those that there are. */
    private void startIfPossible() {
        try {
            start();
            cannotStart = false;
        } catch (OutOfMemoryError e) {
            if (!cannotStart) {
                cannotStart = true;
                LOG.log(Level.ERROR, "cannot start a thread for now: " + e.getMessage());
            }
        }
    }

    /** Every thread ends, as soon as its task lets it. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
            threads.forEach(TaskThread::interrupt);
        } finally {
            lock.unlock();
        }
    }
}
