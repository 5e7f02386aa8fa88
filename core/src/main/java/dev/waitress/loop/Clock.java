package dev.waitress.loop;

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
    };

    /** Nanoseconds that only go forward, for durations and deadlines; their origin means nothing. */
    long nanos();

    /** Milliseconds since 1970, for dates; they may jump when somebody sets the clock. */
    long millis();
}
