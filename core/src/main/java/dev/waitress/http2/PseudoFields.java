package dev.waitress.http2;

import dev.waitress.http.ByteArrays;
import dev.waitress.http.Syntax;
import java.util.Arrays;

/** What stands in a request line of HTTP/1: fields with a colon in front. RFC 9113 §8.3.1. One thread at a time. */
final class PseudoFields {
    enum Kind {
        METHOD(":method"),
        SCHEME(":scheme"),
        PATH(":path"),
        AUTHORITY(":authority");

        final String fieldName;

        Kind(String fieldName) {
            this.fieldName = fieldName;
        }
    }

    private static final Kind[] KINDS = Kind.values();
    private static final int ABSENT = -1;
    private static final int KEPT_BYTES = 1024;

    private byte[] bytes = {};
    private int length;
    private final int[] starts = new int[KINDS.length];
    private final int[] ends = new int[KINDS.length];

    void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[0];
        }
        length = 0;
        Arrays.fill(starts, ABSENT);
        Arrays.fill(ends, ABSENT);
    }

    /** Keeps one; false if there is no such field, or it was there before. */
    @SuppressWarnings("EnumOrdinal") // arrays by ordinal: maps would box every index
    boolean add(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        for (Kind kind : KINDS) {
            if (Syntax.equalsIgnoreCase(names, name, nameEnd, kind.fieldName)) {
                return starts[kind.ordinal()] == ABSENT && keep(kind.ordinal(), values, value, valueEnd);
            }
        }
        return false;
    }

    private boolean keep(int kind, byte[] values, int value, int valueEnd) {
        int count = valueEnd - value;
        bytes = ByteArrays.withRoom(bytes, length + count);
        System.arraycopy(values, value, bytes, length, count);
        starts[kind] = length;
        length += count;
        ends[kind] = length;
        return true;
    }

    byte[] bytes() {
        return bytes;
    }

    /** All of them together. */
    int length() {
        return length;
    }

    @SuppressWarnings("EnumOrdinal") // see above
    boolean has(Kind kind) {
        return starts[kind.ordinal()] != ABSENT;
    }

    @SuppressWarnings("EnumOrdinal") // see above
    int start(Kind kind) {
        return Math.max(0, starts[kind.ordinal()]);
    }

    @SuppressWarnings("EnumOrdinal") // see above
    int end(Kind kind) {
        return Math.max(0, ends[kind.ordinal()]);
    }

    /** Whether it is there and is this text, whose letters are lower-case ones. */
    boolean is(Kind kind, String lowerCase) {
        return has(kind) && Syntax.equalsIgnoreCase(bytes, start(kind), end(kind), lowerCase);
    }
}
