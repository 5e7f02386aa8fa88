package dev.waitress.testkit;

import dev.waitress.loop.Clock;

/** Tells the time that a test has set. */
public final class ManualClock implements Clock {
    private long nanos = 1_000_000_000L;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long millis() {
        return nanos / 1_000_000;
    }

    /** Lets time pass. */
    public void pass(long moreNanos) {
        nanos += moreNanos;
    }
}
