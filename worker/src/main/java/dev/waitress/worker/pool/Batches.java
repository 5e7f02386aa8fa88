package dev.waitress.worker.pool;

import dev.waitress.worker.wire.Batch;
import java.util.ArrayDeque;
import java.util.Deque;

/** Batches that were used before: their memory serves all workers of a loop. Event loop only. */
final class Batches {
    private final Deque<Batch> free = new ArrayDeque<>();

    /** An empty one, to be filled. */
    Batch borrow() {
        Batch used = free.pollLast();
        return used == null ? new Batch() : used;
    }

    /** One of its requests needs a batch no longer. */
    void release(Batch batch) {
        if (batch.released()) {
            free.addLast(batch);
        }
    }
}
