package dev.waitress.metrics;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.http.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The requests that have failed last. Event loop only. */
final class RecentFailures {
    private static final int MOST = 20;

    /** Characters of a traceback, whose end says most. */
    private static final int LONGEST = 8 * 1024;

    /**
     * One of them.
     *
     * @param number no other has it
     * @param status 0 where the answer had begun, and was cut off
     * @param request method and target, as logs show them; empty if nobody knows
     * @param traceback empty where there is none
     */
    record Failure(long number, long ageNanos, int status, String request, String traceback) {}

    private final Deque<Failure> failures = new ArrayDeque<>();
    private final AtomicLong count;

    RecentFailures() {
        this(new AtomicLong());
    }

    private RecentFailures(AtomicLong count) {
        this.count = count;
    }

    /** Others, whose numbers are none of these. */
    RecentFailures others() {
        return new RecentFailures(count);
    }

    /** Notes a response that has ended, if the application has failed over it. */
    void note(ResponseEnd end, long nowNanos) {
        Status own = end.ownStatus();
        String traceback = end.failure();
        boolean isLost = own == Status.BAD_GATEWAY || own == Status.GATEWAY_TIMEOUT;
        if (traceback == null && !isLost) {
            return;
        }
        if (failures.size() == MOST) {
            failures.removeFirst();
        }
        failures.addLast(new Failure(
                count.incrementAndGet(),
                nowNanos,
                own == null ? 0 : own.code(),
                line(end.producer()),
                traceback == null ? "" : end(traceback)));
    }

    private static String line(@Nullable Producer producer) {
        return producer == null ? "" : producer.line();
    }

    /** What matters of it, if it is long. */
    static String end(String traceback) {
        int start = traceback.length() - LONGEST;
        return start <= 0 ? traceback : "[...]" + traceback.substring(start);
    }

    /** The last ones of both, the last one first. */
    static List<Failure> together(List<Failure> some, List<Failure> others) {
        return Stream.concat(some.stream(), others.stream())
                .sorted(Comparator.comparingLong(Failure::ageNanos))
                .limit(MOST)
                .toList();
    }

    /** Those, the last one first. */
    List<Failure> all(long nowNanos) {
        List<Failure> all = new ArrayList<>();
        failures.descendingIterator()
                .forEachRemaining(each -> all.add(new Failure(
                        each.number(), nowNanos - each.ageNanos(), each.status(), each.request(), each.traceback())));
        return all;
    }
}
