package dev.waitress.worker.fakes;

import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.wire.MarshalWriter;
import java.nio.file.Path;
import java.time.Duration;

/** Terms of workers that are told nothing in particular. */
public final class FakeTerms {
    public static final int CREDIT_STEP = 1000;

    private FakeTerms() {}

    /** Terms with these limits of time, under which all requests may wait. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain) {
        return of(threads, startup, drain, QueueLimits.NONE);
    }

    /** Terms with these limits of time, and for requests that wait. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain, QueueLimits queue) {
        return new WorkerTerms(
                threads,
                startup.toNanos(),
                drain.toNanos(),
                CREDIT_STEP,
                FakeTerms::firstMessage,
                new UnknownStatuses(),
                queue);
    }

    private static MarshalWriter firstMessage(Path board, boolean byDescriptor) {
        MarshalWriter writer = new MarshalWriter(16);
        writer.dict();
        writer.endDict();
        return writer;
    }
}
