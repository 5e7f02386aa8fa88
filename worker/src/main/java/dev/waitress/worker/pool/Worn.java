package dev.waitress.worker.pool;

import dev.waitress.exchange.Replacement;
import java.util.concurrent.TimeUnit;

/**
 * Why a worker is to be replaced that lives.
 *
 * @param words the same for logs: {@code it ...}
 */
public record Worn(Replacement reason, String words) {
    /** Nothing comes of asking it. */
    public static final Worn UNANSWERING = new Worn(Replacement.UNANSWERING, "does not answer");

    /** It has answered so many requests. */
    public static Worn byRequests(long answered) {
        return new Worn(Replacement.MAX_REQUESTS, "has answered " + answered + " requests");
    }

    static Worn byAge(long nanos) {
        return new Worn(Replacement.MAX_WORKER_AGE, "has served for " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s");
    }

    /** It takes more than it may. */
    public static Worn byMemory(long mostBytes) {
        return new Worn(Replacement.MAX_WORKER_MEMORY, "takes more than " + mostBytes + " bytes of memory");
    }

    /** A request of it was cut short, which does not help. */
    static Worn byRequest(String title) {
        return new Worn(Replacement.REQUEST_TIMEOUT, "runs " + title + ", which does not end");
    }
}
