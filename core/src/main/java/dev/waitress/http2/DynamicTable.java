package dev.waitress.http2;

import dev.waitress.http2.StaticTable.Entry;
import org.jspecify.annotations.Nullable;

/** The fields that a client has had remembered, the newest first. RFC 7541 §2.3.2 and §4. One thread at a time. */
final class DynamicTable {
    /** Most bytes that a client may have remembered: what it may count on without being told. */
    static final int MOST_BYTES = 4096;

    /** So many entries of no bytes fill it. */
    private static final int SLOTS = MOST_BYTES / StaticTable.OVERHEAD;

    private static final int RING_BYTES = 8 * SLOTS;

    /** A ring, made when it is needed: many clients never use it. */
    private @Nullable Entry @Nullable [] ring;

    private int newest;
    private int count;
    private int bytes;
    private int mostBytes = MOST_BYTES;

    int count() {
        return count;
    }

    /** What it takes up in memory, about: entries of no bytes more than the RFC has them count for. */
    int heldBytes() {
        return ring == null ? 0 : RING_BYTES + bytes + count * StaticTable.OVERHEAD;
    }

    /** The entry that was added so long ago, 0 for the last one. */
    Entry entry(int age) {
        Entry found = ring == null ? null : ring[Math.floorMod(newest - age, SLOTS)];
        if (found == null) {
            throw new IndexOutOfBoundsException(age);
        }
        return found;
    }

    /** Holds no more than this from now on. */
    void resize(int most) {
        mostBytes = most;
        evictFor(0);
    }

    /** Adds an entry; one that is larger than the table empties it. */
    void add(Entry entry) {
        evictFor(entry.size());
        if (entry.size() > mostBytes) {
            return;
        }
        if (ring == null) {
            ring = new Entry[SLOTS];
        }
        newest = (newest + 1) % SLOTS;
        ring[newest] = entry;
        count++;
        bytes += entry.size();
    }

    private void evictFor(int coming) {
        while (count > 0 && bytes + coming > mostBytes) {
            count--;
            bytes -= entry(count).size();
            forget(Math.floorMod(newest - count, SLOTS));
        }
    }

    private void forget(int slot) {
        if (ring != null) {
            ring[slot] = null;
        }
    }
}
