package dev.waitress.worker.pool;

import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.EncodedRequest;
import dev.waitress.worker.wire.EnvironTemplate;
import org.jspecify.annotations.Nullable;

/** Where an encoded request lies, until its worker needs it no longer. Event loop only. */
final class EncodedPlace {
    private final Batch batch;
    private final int start;
    private final int end;
    private final @Nullable EnvironTemplate template;

    /**
     * A place.
     *
     * @param start of its bytes in the batch
     * @param template that its environ is to be added to, if there is one
     */
    EncodedPlace(Batch batch, int start, int end, @Nullable EnvironTemplate template) {
        this.batch = batch;
        this.start = start;
        this.end = end;
        this.template = template;
        if (template != null) {
            template.acquire();
        }
    }

    /** A copy of the request, whole, as it was before it was given to the worker. */
    byte[] copy() {
        return EncodedRequest.whole(batch.writer.bytes(), start, end, template);
    }

    /** Nobody needs it any more. */
    void release(Batches batches) {
        if (template != null) {
            template.release();
        }
        batches.release(batch);
    }
}
