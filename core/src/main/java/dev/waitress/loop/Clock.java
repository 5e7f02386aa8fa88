package dev.waitress.loop;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Where the server has the time from. Tests bring their own. Thread-safe. */
public interface Clock {
    /** The time of this process' system. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long unixNanos() {
            Instant now = Instant.now();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }
    };

    /** Nanoseconds that only go forward, for durations and deadlines; their origin means nothing. */
    long nanos();

    /** Milliseconds since 1970, for dates; they may jump when somebody sets the clock. */
    long millis();

    /** The same in nanoseconds, as exactly as the system tells. */
    default long unixNanos() {
        return TimeUnit.MILLISECONDS.toNanos(millis());
    }
}
