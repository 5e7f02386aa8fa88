package dev.waitress.worker.pool;

import dev.waitress.loop.Timers;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * How long a worker serves before it is replaced, each limit 0 where there is none.
 *
 * @param requests so many; key {@code max_requests}
 * @param jitter up to so many more, at random for each worker; key {@code max_requests_jitter}
 * @param ageNanos so long; key {@code max_worker_age}
 */
public record Wear(long requests, long jitter, long ageNanos) {
    /** For workers that serve until they end. */
    public static final Wear NONE = new Wear(0, 0, 0);

    /** The requests of one worker. */
    long requests(RandomGenerator random) {
        return requests == 0 ? 0 : requests + random.nextLong(jitter + 1);
    }

    /** Tells once when a worker has served for so long from now on, and why it is to be replaced. */
    void watchAge(Timers lifetime, Consumer<Worn> worn) {
        if (ageNanos > 0) {
            lifetime.schedule(ageNanos, () -> worn.accept(Worn.byAge(ageNanos)));
        }
    }
}
