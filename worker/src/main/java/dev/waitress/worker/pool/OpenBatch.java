package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import org.jspecify.annotations.Nullable;

/** The batch of one worker that is being filled, and sent when it is its time. Event loop only. */
final class OpenBatch {
    private final Batches batches;
    private Batch batch;
    private @Nullable FrameLink link;

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

    /** One more request was encoded; returns the batch that it lies in. */
    Batch added() {
        batch.added();
        return batch;
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
