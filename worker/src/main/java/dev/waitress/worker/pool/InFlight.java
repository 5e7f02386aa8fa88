package dev.waitress.worker.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one worker holds, by id. Ids grow from request to request, so that the worker can say with one
 * number which ones it has begun; a slot that is still taken skips its id. Event loop only.
 */
final class InFlight {
    /** Far more than a worker is ever given at once. */
    private static final int SLOTS = 16_384;

    private static final int LARGEST_ID = Integer.MAX_VALUE;

    private final @Nullable HeldRequest[] slots = new HeldRequest[SLOTS];
    private int lastId;
    private int size;

    int size() {
        return size;
    }

    boolean isFull() {
        return size == SLOTS;
    }

    /** The id that was given last; 0 before the first. */
    int lastId() {
        return lastId;
    }

    /** The id of the next exchange to {@link #add}. */
    int nextId() {
        do {
            lastId = lastId == LARGEST_ID ? 1 : lastId + 1;
        } while (slots[lastId % SLOTS] != null);
        return lastId;
    }

    void add(HeldRequest exchange) {
        slots[exchange.id % SLOTS] = exchange;
        size++;
    }

    /** The exchange of this id, if it is not over. */
    @Nullable
    HeldRequest find(int id) {
        HeldRequest found = id < 0 ? null : slots[id % SLOTS];
        return found != null && found.id == id ? found : null;
    }

    void remove(HeldRequest exchange) {
        slots[exchange.id % SLOTS] = null;
        size--;
    }

    /** All of them, in the order in which they were given to the worker. */
    List<HeldRequest> inOrder() {
        List<HeldRequest> all = new ArrayList<>();
        for (HeldRequest exchange : slots) {
            if (exchange != null) {
                all.add(exchange);
            }
        }
        all.sort(Comparator.comparingInt(exchange -> -(lastId - exchange.id & LARGEST_ID)));
        return all;
    }

    /** Whether a worker that began {@code begun} last has begun this one; ids wrap around. */
    static boolean isBegun(int id, int begun) {
        return begun != 0 && (begun - id & LARGEST_ID) < LARGEST_ID / 2;
    }
}
