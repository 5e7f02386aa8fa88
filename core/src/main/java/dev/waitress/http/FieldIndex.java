package dev.waitress.http;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Finds header fields of the same name, and links each behind the one before it. Open addressing from a name's hash to
 * the last field of that name.
 */
public final class FieldIndex {
    /** Twice the lines of most heads. */
    private static final int FIRST_SLOTS = 64;

    // Not known to clients, who could else send a thousand names that all meet in one slot.
    private static final int HASH_KEY = new SplittableRandom().nextInt() | 1;

    /** Index of a field, plus one; 0 is free. */
    private int[] slots = new int[FIRST_SLOTS];

    /** The hash of each field's name. */
    private int[] hashes = new int[FIRST_SLOTS / 2];

    /** The hash of a name that is one byte longer, letters in one case; that of the empty name is 0. */
    public static int hash(int hash, byte next) {
        return Integer.rotateLeft(hash ^ (next | 0x20), 5) * HASH_KEY;
    }

    /** Forgets the fields of the head before, and makes room for those of so many lines. */
    void clear(int lineCount) {
        if (slots.length < 2 * lineCount) {
            slots = new int[Integer.highestOneBit(2 * lineCount) * 2];
            hashes = new int[slots.length / 2];
        } else {
            Arrays.fill(slots, 0);
        }
    }

    /** Adds the field that the builder was given last. */
    void add(RequestHeadBuilder builder, int field, int nameHash) {
        hashes[field] = nameHash;
        int mask = slots.length - 1;
        int slot = (nameHash ^ nameHash >>> 15) & mask;
        while (slots[slot] != 0) {
            int other = slots[slot] - 1;
            if (hashes[other] == nameHash && haveSameName(builder.head(), other, field)) {
                builder.link(other, field);
                break;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = field + 1;
    }

    private static boolean haveSameName(RequestHead head, int one, int other) {
        byte[] bytes = head.bytes();
        int start = head.nameStart(one);
        int size = head.nameEnd(one) - start;
        int otherStart = head.nameStart(other);
        if (head.nameEnd(other) - otherStart != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!areSameIgnoringCase(bytes[start + i], bytes[otherStart + i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean areSameIgnoringCase(byte one, byte other) {
        return one == other || (one ^ other) == 0x20 && (one | 0x20) >= 'a' && (one | 0x20) <= 'z';
    }
}
