package dev.waitress.otlp;

import dev.waitress.log.BackgroundWriter;
import dev.waitress.loop.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Spans on their way to the collector. The event loop puts them together in batches; a thread sends them. A collector
 * that is slow or away delays no request: a few batches wait, and spans beyond that are dropped and counted.
 *
 * <p>Event loop only, but for {@link #close}.
 */
final class Exporter {
    private static final Logger LOG = System.getLogger("waitress");

    /** Requests, each with four spans. */
    static final int MOST_IN_BATCH = 128;

    /** The one that is being sent among them. */
    static final int MOST_BATCHES = 16;

    static final int MOST_ATTEMPTS = 5;
    private static final long FIRST_WAIT_MILLIS = 1000;
    private static final long MOST_WAIT_MILLIS = 30_000;
    private static final long CLOSE_MILLIS = 3000;
    static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Collector collector;
    private final OtlpJson form;
    private final Clock clock;
    private final long firstWaitMillis;
    private final BackgroundWriter<List<FinishedRequest>> writer;
    private final CountDownLatch closing = new CountDownLatch(1);

    private List<FinishedRequest> batch = new ArrayList<>();
    private long handedOver;
    private long crowdedOut;

    // Changed by the thread that sends.
    private final AtomicLong exported = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile String trouble = "";

    private long reportedNanos;
    private long reportedLost;

    Exporter(Collector collector, OtlpJson form, Clock clock) {
        this(collector, form, clock, FIRST_WAIT_MILLIS);
    }

    /** With another time until a batch is sent again for the first time. */
    Exporter(Collector collector, OtlpJson form, Clock clock, long firstWaitMillis) {
        this.collector = collector;
        this.form = form;
        this.clock = clock;
        this.firstWaitMillis = firstWaitMillis;
        this.reportedNanos = clock.nanos() - REPORT_NANOS;
        this.writer = new BackgroundWriter<>("waitress-spans", MOST_BATCHES, this::send);
    }

    /** One more request is over. */
    void add(FinishedRequest request) {
        batch.add(request);
        if (batch.size() == MOST_IN_BATCH) {
            handOver();
        }
    }

    private void handOver() {
        if (writer.offer(batch)) {
            handedOver += spans(batch);
        } else {
            crowdedOut += spans(batch);
        }
        batch = new ArrayList<>();
    }

    private static long spans(List<FinishedRequest> batch) {
        return batch.stream().mapToLong(FinishedRequest::spans).sum();
    }

    /** Hands over what there is, so that no span waits long; where the collector stalls, only full batches wait. */
    void tick() {
        if (!batch.isEmpty() && writer.isIdle()) {
            handOver();
        }
        if (clock.nanos() - reportedNanos >= REPORT_NANOS) {
            report();
        }
    }

    /** Tells of what went wrong since the last time. */
    private void report() {
        long lost = crowdedOut + refused.get();
        if (lost == reportedLost && trouble.isEmpty()) {
            return;
        }
        String reason = trouble.isEmpty() ? "it is too slow" : trouble;
        trouble = "";
        LOG.log(
                Level.WARNING,
                "cannot send spans to " + collector.name() + ": " + reason + "; " + (lost - reportedLost)
                        + " were dropped");
        reportedLost = lost;
        reportedNanos = clock.nanos();
    }

    SpanCounts counts() {
        return new SpanCounts(exported.get(), crowdedOut, refused.get());
    }

    // ---- The thread that sends -------------------------------------------------------------------------------------

    private void send(List<FinishedRequest> sent) {
        long spans = spans(sent);
        byte[] text = form.write(sent);
        Collector.Answer answer = collector.send(text);
        long waitMillis = firstWaitMillis;
        for (int attempt = 1; answer.mayRetry() && attempt < MOST_ATTEMPTS; attempt++) {
            trouble = answer.reason();
            if (isClosingWithin(Math.min(MOST_WAIT_MILLIS, Math.max(answer.afterMillis(), unlike(waitMillis))))) {
                break;
            }
            waitMillis *= 2;
            answer = collector.send(text);
        }
        long taken = answer.isTaken() ? Math.max(0, spans - answer.rejected()) : 0;
        exported.addAndGet(taken);
        refused.addAndGet(spans - taken);
        if (taken < spans) {
            trouble = answer.reason();
        }
    }

    /** About this time: servers that have lost their collector together do not all come back at once. */
    private static long unlike(long millis) {
        return millis / 2 + ThreadLocalRandom.current().nextLong(millis + 1);
    }

    private boolean isClosingWithin(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Sends the rest, if that is possible soon; the event loop has ended. */
    void close() throws InterruptedException {
        closing.countDown(); // first: who waits to try again makes room
        if (!batch.isEmpty()) {
            handOver();
        }
        if (!writer.close(CLOSE_MILLIS)) {
            crowdedOut += handedOver - exported.get() - refused.get();
        }
        report();
    }
}
