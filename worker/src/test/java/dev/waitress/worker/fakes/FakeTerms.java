package dev.waitress.worker.fakes;

import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.wire.MarshalWriter;
import java.nio.file.Path;
import java.time.Duration;

/** Terms of workers that are told nothing in particular. */
public final class FakeTerms {
    public static final int CREDIT_STEP = 1000;

    private FakeTerms() {}

    /** Terms with these limits of time. */
    public static WorkerTerms of(int threads, Duration startup, Duration drain) {
        return new WorkerTerms(
                threads,
                startup.toNanos(),
                drain.toNanos(),
                CREDIT_STEP,
                FakeTerms::firstMessage,
                new UnknownStatuses());
    }

    private static MarshalWriter firstMessage(Path board, boolean byDescriptor) {
        MarshalWriter writer = new MarshalWriter(16);
        writer.dict();
        writer.endDict();
        return writer;
    }
}
