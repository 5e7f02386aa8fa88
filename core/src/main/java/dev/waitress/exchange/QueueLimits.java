package dev.waitress.exchange;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.TimeUnit;

/**
 * How many requests may wait for somebody who runs them, and for how long: then an answer at once is worth more than a
 * late one.
 *
 * @param most 0 for no limit; key {@code queue_limit}
 * @param timeoutNanos 0 for no limit; key {@code queue_timeout}
 */
public record QueueLimits(int most, long timeoutNanos) {
    /** Whoever has waited for less has not waited: it was the turn of the loop. */
    public static final long LEAST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** All may wait. */
    public static final QueueLimits NONE = new QueueLimits(0, 0);

    public static QueueLimits of(Settings settings) {
        return new QueueLimits(
                settings.getInt(Setting.QUEUE_LIMIT), TimeUnit.SECONDS.toNanos(settings.get(Setting.QUEUE_TIMEOUT)));
    }

    /** Whether it matters how many wait. */
    public boolean haveMost() {
        return most > 0;
    }

    /** Whether no request may wait where so many do already. */
    public boolean areReachedBy(int waiting) {
        return haveMost() && waiting >= most;
    }

    /** Whether none may wait for ever. */
    public boolean haveTimeout() {
        return timeoutNanos > 0;
    }

    /** Whether a request may wait no longer that has waited for so long. */
    public boolean areOver(long waitedNanos) {
        return haveTimeout() && waitedNanos >= timeoutNanos;
    }

    /** Nanoseconds that a request may still wait which came at that time; 0 or less if none. */
    public long left(long arrivedNanos, long nowNanos) {
        return arrivedNanos + timeoutNanos - nowNanos;
    }
}
