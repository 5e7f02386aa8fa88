package dev.waitress.testkit;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.loop.Flushable;
import dev.waitress.loop.LoopResources;
import dev.waitress.loop.Turns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A loop whose turns and whose time are the test's: nothing waits, and nothing happens by itself. */
public final class FakeLoop implements Turns {
    private record Timer(long dueNanos, Runnable action) {}

    public final ManualClock clock = new ManualClock();
    public final MemoryBudget memory;
    private final LoopResources resources;
    private final List<Timer> timers = new ArrayList<>();
    private List<Flushable> dirty = new ArrayList<>();

    /** A loop that reads so many bytes at a time, and has so many for clients. */
    public FakeLoop(int recvBytes, long memoryBytes) {
        this.memory = new MemoryBudget(memoryBytes);
        this.resources = new LoopResources(recvBytes, memory, clock);
    }

    @Override
    public long nowNanos() {
        return clock.nanos();
    }

    @Override
    public void schedule(long delayNanos, Runnable action) {
        timers.add(new Timer(clock.nanos() + delayNanos, action));
    }

    @Override
    public void markDirty(Flushable owner) {
        dirty.add(owner);
    }

    @Override
    public LoopResources resources() {
        return resources;
    }

    /** Ends a turn, and those that follow from it. */
    public void turn() {
        while (!dirty.isEmpty()) {
            List<Flushable> now = dirty;
            dirty = new ArrayList<>();
            now.forEach(Flushable::flush);
        }
    }

    /** Lets time pass, and runs what is due by then, each at its time. */
    public void pass(long nanos) {
        long end = clock.nanos() + nanos;
        while (true) {
            Timer next = timers.stream()
                    .filter(timer -> timer.dueNanos <= end)
                    .min(Comparator.comparingLong(Timer::dueNanos))
                    .orElse(null);
            if (next == null) {
                break;
            }
            timers.remove(next);
            clock.pass(Math.max(0, next.dueNanos - clock.nanos()));
            next.action.run();
            turn();
        }
        clock.pass(end - clock.nanos());
    }
}
