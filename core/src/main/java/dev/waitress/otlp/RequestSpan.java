package dev.waitress.otlp;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.trace.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that will have spans. It is over when all of its answer has left, or was broken off, or has not left for so
 * long that nobody waits for it ({@link Spans}). Event loop only.
 */
final class RequestSpan implements ResponseObserver {
    private static final String CLIENT_LEFT = "client_left";
    private static final String APPLICATION_FAILED = "application_failed";
    private static final String BROKEN_OFF = "broken_off";

    private final TraceContext trace;
    private final RequestFacts facts;
    private final long unixOffsetNanos;
    private final long firstByteNanos;
    private final long completeNanos;
    private final LongSupplier nanos;
    private final Consumer<RequestSpan> whenOver;

    private final List<Attempt> attempts = new ArrayList<>(1);
    private @Nullable Producer producer;
    private long endedNanos;
    private long leftNanos;
    private int status;
    private long bodyBytes;
    private String error = "";
    private boolean isOver;

    RequestSpan(
            Request request,
            TraceContext trace,
            long unixOffsetNanos,
            LongSupplier nanos,
            Consumer<RequestSpan> whenOver) {
        this.trace = trace;
        this.facts = RequestFacts.of(request);
        this.unixOffsetNanos = unixOffsetNanos;
        this.firstByteNanos = request.firstByteNanos();
        this.completeNanos = request.completeNanos();
        this.nanos = nanos;
        this.whenOver = whenOver;
    }

    @Override
    public void producedBy(Producer newProducer) {
        producer = newProducer;
    }

    @Override
    public void lost() {
        endAttempt(nanos.getAsLong(), true);
    }

    private void endAttempt(long nowNanos, boolean isLost) {
        long begun = producer == null ? 0 : producer.begunNanos();
        if (producer != null && begun != 0) { // else nobody has begun it
            attempts.add(new Attempt(producer.name(), Math.max(begun, soFarNanos()), nowNanos, isLost));
        }
        producer = null; // it holds more than we need
    }

    /**
     * When what came before an attempt had ended; some times are those of the turn of the loop, and that is earlier.
     */
    private long soFarNanos() {
        return attempts.isEmpty()
                ? completeNanos
                : attempts.get(attempts.size() - 1).endedNanos();
    }

    @Override
    public void ended(ResponseEnd end) {
        endedNanos = nanos.getAsLong();
        endAttempt(endedNanos, false);
        status = end.statusCode();
        bodyBytes = end.bodyBytes();
        if (!end.isComplete()) {
            error = status == 0 ? CLIENT_LEFT : end.failure() == null ? BROKEN_OFF : APPLICATION_FAILED;
            over();
        }
    }

    @Override
    public void left() {
        if (!isOver) {
            leftNanos = nanos.getAsLong();
            over();
        }
    }

    /** Its answer does not leave. */
    void giveUp() {
        over();
    }

    private void over() {
        isOver = true;
        whenOver.accept(this);
    }

    /** Whether its answer has ended, so long ago. */
    boolean hasEndedFor(long someNanos, long nowNanos) {
        return endedNanos != 0 && nowNanos - endedNanos >= someNanos;
    }

    /** What became of it, when it is over. */
    FinishedRequest finished() {
        return new FinishedRequest(
                trace,
                facts,
                unixOffsetNanos,
                firstByteNanos,
                completeNanos,
                List.copyOf(attempts),
                endedNanos,
                leftNanos,
                status,
                bodyBytes,
                error);
    }
}
