package dev.waitress.metrics;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Status;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts requests and their answers. Event loop only. */
public final class Traffic implements RequestObserver {
    private final LongSupplier nanos;
    private final RequestCounts counts = new RequestCounts();
    private final RecentFailures failures;

    /**
     * Nothing was counted yet.
     *
     * @param nanos the clock by which requests arrive
     */
    public Traffic(LongSupplier nanos) {
        this(nanos, new RecentFailures());
    }

    private Traffic(LongSupplier nanos, RecentFailures failures) {
        this.nanos = nanos;
        this.failures = failures;
    }

    /** The same for another loop. Thread-safe. */
    public Traffic another() {
        return new Traffic(nanos, failures.others());
    }

    /** All that was counted so far, for another loop. */
    public Counted counted() {
        return new Counted(counts(), failures());
    }

    /** What was counted of one loop's requests, as it was at one moment. */
    public static final class Counted {
        final RequestCounts counts;
        final List<RecentFailures.Failure> failures;

        private Counted(RequestCounts counts, List<RecentFailures.Failure> failures) {
            this.counts = counts;
            this.failures = failures;
        }
    }

    /** All that was counted so far. */
    RequestCounts counts() {
        return counts.copy();
    }

    /** Those that have failed last. */
    List<RecentFailures.Failure> failures() {
        return failures.all(nanos.getAsLong());
    }

    @Override
    public ResponseObserver accepted(Request request) {
        RequestHead head = request.head();
        counts.active++;
        counts.requestBodies.add(request.body().size());
        Method method = Method.of(head.bytes(), head.methodStart(), head.methodEnd());
        return new Answer(method, request.firstByteNanos(), request.completeNanos());
    }

    @Override
    public void refused(Refusal refusal) {
        Status status = refusal.rejection().rule().status();
        counts.addRefused(refusal.rejection().rule());
        counts.responseBodies.add(refusal.bodyBytes());
        count(Method.of(refusal.line()), status.code(), nanos.getAsLong() - refusal.firstByteNanos());
    }

    private void count(Method method, int status, long tookNanos) {
        counts.addRequest(method, StatusClass.of(status), tookNanos);
    }

    /** One that is on its way. */
    private final class Answer implements ResponseObserver {
        private final Method method;
        private final long firstByteNanos;
        private final long completeNanos;
        private long endedNanos;

        Answer(Method method, long firstByteNanos, long completeNanos) {
            this.method = method;
            this.firstByteNanos = firstByteNanos;
            this.completeNanos = completeNanos;
        }

        @Override
        public void ended(ResponseEnd end) {
            endedNanos = nanos.getAsLong();
            counts.active--;
            counts.incomplete += end.isComplete() ? 0 : 1;
            counts.responseBodies.add(end.bodyBytes());
            Status own = end.ownStatus();
            if (own != null) {
                counts.addOwn(own);
            }
            count(method, end.statusCode(), endedNanos - firstByteNanos);
            failures.note(end, endedNanos);
            addPhases(end.producer());
        }

        private void addPhases(@Nullable Producer producer) {
            long begun = producer == null ? 0 : producer.begunNanos();
            if (begun != 0) { // else nobody has begun it
                counts.queue.add(Math.max(0, begun - completeNanos));
                counts.application.add(Math.max(0, endedNanos - begun));
            }
        }

        @Override
        public void left() {
            counts.sending.add(Math.max(0, nanos.getAsLong() - endedNanos));
        }
    }
}
