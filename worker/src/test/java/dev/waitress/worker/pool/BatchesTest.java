package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.worker.wire.Batch;
import org.junit.jupiter.api.Test;

/** Where requests are encoded, again and again into the same memory. */
class BatchesTest {
    private final Batches batches = new Batches();

    @Test
    void haveAnotherForWhoeverNeedsOneMeanwhile() {
        assertThat(batches.borrow()).isNotSameAs(batches.borrow());
    }

    @Test
    void areUsedAgainWhenNobodyNeedsTheirRequests() {
        Batch batch = batches.borrow();
        batch.added();
        batch.added();
        EncodedPlace first = new EncodedPlace(batch, 0, 0, null);
        EncodedPlace second = new EncodedPlace(batch, 0, 0, null);
        batch.finish();
        first.release(batches);
        assertThat(batches.borrow()).as("a request lies in it still").isNotSameAs(batch);
        second.release(batches);
        assertThat(batches.borrow()).isSameAs(batch);
    }
}
