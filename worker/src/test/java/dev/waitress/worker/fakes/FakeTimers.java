package dev.waitress.worker.fakes;

import dev.waitress.loop.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** A loop whose time stands still until a test moves it. */
public final class FakeTimers implements Timers, Executor {
    private record Timer(long dueNanos, int order, Runnable action) {}

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingInt(Timer::order));
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private long nowNanos = 1;
    private int scheduled;

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public void schedule(long delayNanos, Runnable action) {
        timers.add(new Timer(nowNanos + delayNanos, scheduled++, action));
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs what was asked for, and what is due. */
    public void turn() {
        advance(Duration.ZERO);
    }

    /** Lets time pass, and each thing happen at its time. */
    public void advance(Duration duration) {
        long end = nowNanos + duration.toNanos();
        runTasks();
        Timer next;
        while ((next = timers.peek()) != null && next.dueNanos <= end) {
            timers.poll();
            nowNanos = Math.max(nowNanos, next.dueNanos);
            next.action.run();
            runTasks();
        }
        nowNanos = end;
    }

    /** Lets time pass in which nothing can happen, as if all was stopped; then what is due happens, late. */
    public void jump(Duration duration) {
        nowNanos += duration.toNanos();
        turn();
    }

    private void runTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }
}
