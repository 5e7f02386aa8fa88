package dev.waitress.worker.fakes;

import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.meter.Meter;
import dev.waitress.worker.pool.Wear;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.wire.MarshalWriter;
import java.nio.file.Path;
import java.time.Duration;

/** Terms of workers that are told nothing in particular. */
public final class FakeTerms {
    public static final int CREDIT_STEP = 1000;

    /** Responses that a worker streams beside the requests that it runs. */
    public static final int STREAM_THREADS = 2;

    private FakeTerms() {}

    /** Terms with these limits of time; all requests may wait, and workers serve until they end. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain) {
        return of(threads, startup, drain, QueueLimits.NONE);
    }

    /** Terms with these limits of time, and for requests that wait. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain, QueueLimits queue) {
        return of(threads, startup, Duration.ZERO, drain, Wear.NONE, false, RunLimit.NONE, queue);
    }

    /** Terms with these limits of time, for workers that wear out, and perhaps for a second attempt. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain, Wear wear, boolean retries) {
        return of(threads, startup, Duration.ZERO, drain, wear, retries, RunLimit.NONE, QueueLimits.NONE);
    }

    /** Terms with one limit for each of these, for workers that are asked whether they live. */
    public static WorkerTerms ofAsked(int threads, Duration startup, Duration silence) {
        return of(threads, startup, silence, startup, Wear.NONE, true, RunLimit.NONE, QueueLimits.NONE);
    }

    /** Terms with these limits of time, and for how long a request may run. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain, RunLimit limit) {
        return of(threads, startup, Duration.ZERO, drain, Wear.NONE, true, limit, QueueLimits.NONE);
    }

    private static WorkerTerms of(
            int threads,
            Duration startup,
            Duration silence,
            Duration drain,
            Wear wear,
            boolean retries,
            RunLimit limit,
            QueueLimits queue) {
        return new WorkerTerms(
                threads,
                STREAM_THREADS,
                startup.toNanos(),
                silence.toNanos(),
                drain.toNanos(),
                wear,
                retries,
                CREDIT_STEP,
                FakeTerms::firstMessage,
                new UnknownStatuses(),
                limit,
                QueueStart.NONE,
                queue,
                new Tally(),
                new Meter(100));
    }

    private static MarshalWriter firstMessage(Path board, boolean byDescriptor) {
        MarshalWriter writer = new MarshalWriter(16);
        writer.dict();
        writer.endDict();
        return writer;
    }
}
