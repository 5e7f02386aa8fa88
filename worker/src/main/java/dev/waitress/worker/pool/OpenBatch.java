package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.EnvironTemplate;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The batch of one worker that is being filled, and sent when it is its time. Event loop only. */
final class OpenBatch {
    private final Batches batches;
    private Batch batch;
    private @Nullable FrameLink link;

    /** The templates that the worker knows, by their numbers. */
    private @Nullable EnvironTemplate[] known = {};

    OpenBatch(Batches batches) {
        this.batches = batches;
        this.batch = batches.borrow();
    }

    /** The socket for requests is there. */
    void sendOn(FrameLink requests) {
        link = requests;
    }

    /** What the next request is encoded into. */
    MarshalWriter writer() {
        return batch.writer;
    }

    /** One more request was encoded, with this template if there is one; returns the batch that it lies in. */
    Batch added(@Nullable EnvironTemplate template) {
        batch.added();
        if (template != null && !isKnown(template)) {
            batch.define(template);
        }
        return batch;
    }

    /** Whether the worker has been told of it; it will be now. */
    private boolean isKnown(EnvironTemplate template) {
        int number = template.number();
        if (number >= known.length) {
            known = Arrays.copyOf(known, Math.max(number + 1, 2 * known.length));
        }
        boolean isKnown = known[number] == template;
        known[number] = template;
        return isKnown;
    }

    /** Sends what has been added, and behind it the raw bytes that belong to the request added last. */
    void flush(BodyBuffer raw) {
        if (batch.isEmpty() || link == null) {
            return;
        }
        Batch full = batch;
        batch = batches.borrow();
        full.finish();
        link.send(full.writer.bytes(), 0, full.writer.length());
        if (raw.size() > 0) {
            link.send(raw.memory(), 0, (int) raw.size());
        }
        link.flush();
    }
}
