package dev.waitress.http2;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Syntax;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes the fields of answers as one block. It has the client remember nothing, so that every block stands for itself,
 * and one encoder serves all connections. RFC 7541 §6.1 and §6.2.2. One thread at a time.
 */
public final class HpackEncoder {
    private static final int FIRST_BYTES = 512;
    private static final int KEPT_BYTES = 16 * 1024;

    /** Open addressing from the hash of a name to its index in the static table; 0 is free. */
    private static final int[] SLOTS = new int[256];

    static {
        for (Map.Entry<String, Integer> each : StaticTable.names().entrySet()) {
            byte[] name = Ascii.bytes(each.getKey());
            int slot = hash(name, 0, name.length);
            while (SLOTS[slot] != 0) {
                slot = slot + 1 & SLOTS.length - 1;
            }
            SLOTS[slot] = each.getValue();
        }
    }

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    private static int hash(byte[] source, int start, int end) {
        int hash = 31 * (end - start) + 7 * (source[start] | 0x20) + (source[end - 1] | 0x20);
        return (hash ^ hash >>> 5) & SLOTS.length - 1;
    }

    /**
     * Begins a block with a status.
     *
     * @param updatesTable whether the client must hear first that we make no use of its memory. RFC 7541 §6.3
     */
    public void begin(int statusCode, boolean updatesTable) {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        length = 0;
        if (updatesTable) {
            integer(0x20, 5, 0);
        }
        int index = StaticTable.indexOfStatus(statusCode);
        if (index > 0) {
            integer(0x80, 7, index);
        } else {
            byte[] digits = Ascii.bytes(Integer.toString(statusCode));
            integer(0, 4, StaticTable.STATUS);
            string(digits, 0, digits.length);
        }
    }

    /** Adds the fields of a head, the status of which was written. */
    public void fields(ResponseHead head) {
        byte[] source = head.bytes();
        lines(source, Syntax.findLineEnd(source, head.start(), head.end()) + 2, head.end());
    }

    /** Adds whole lines, as they are in HTTP/1. */
    public void lines(byte[] lines) {
        lines(lines, 0, lines.length);
    }

    private void lines(byte[] source, int start, int end) {
        for (int line = start; line < end; ) {
            int colon = line;
            while (source[colon] != ':') {
                colon++;
            }
            int lineEnd = Syntax.findLineEnd(source, colon, end);
            int value = Syntax.skipWhiteSpace(source, colon + 1, lineEnd);
            field(source, line, colon, source, value, Syntax.trimEnd(source, value, lineEnd));
            line = lineEnd + 2;
        }
    }

    /** Adds a field; letters of its name become lower-case ones. RFC 9113 §8.2. */
    void field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        int index = indexOf(names, name, nameEnd);
        integer(0, 4, index);
        if (index == 0) {
            integer(0, 7, nameEnd - name);
            room(nameEnd - name);
            for (int i = name; i < nameEnd; i++) {
                byte b = names[i];
                bytes[length++] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
            }
        }
        string(values, value, valueEnd);
    }

    private static int indexOf(byte[] names, int name, int nameEnd) {
        int slot = hash(names, name, nameEnd);
        for (; SLOTS[slot] != 0; slot = slot + 1 & SLOTS.length - 1) {
            StaticTable.Entry entry = StaticTable.entry(SLOTS[slot]);
            if (isName(entry, names, name, nameEnd)) {
                return SLOTS[slot];
            }
        }
        return 0;
    }

    private static boolean isName(StaticTable.Entry entry, byte[] names, int name, int nameEnd) {
        if (entry.nameLength != nameEnd - name) {
            return false;
        }
        for (int i = 0; i < entry.nameLength; i++) {
            byte b = names[name + i];
            if (entry.bytes[i] != (b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b)) {
                return false;
            }
        }
        return true;
    }

    private void string(byte[] source, int start, int end) {
        integer(0, 7, end - start);
        room(end - start);
        System.arraycopy(source, start, bytes, length, end - start);
        length += end - start;
    }

    // RFC 7541 §5.1
    private void integer(int pattern, int prefixBits, int number) {
        room(6);
        int prefix = (1 << prefixBits) - 1;
        if (number < prefix) {
            bytes[length++] = (byte) (pattern | number);
            return;
        }
        bytes[length++] = (byte) (pattern | prefix);
        int rest = number - prefix;
        for (; rest >= 0x80; rest >>>= 7) {
            bytes[length++] = (byte) (rest | 0x80);
        }
        bytes[length++] = (byte) rest;
    }

    private void room(int count) {
        bytes = ByteArrays.withRoom(bytes, length + count);
    }

    /** The frames that carry the block. */
    public byte[] headers(int stream, boolean endsStream) {
        return FrameWriter.headers(stream, bytes, length, endsStream);
    }

    /** The block, copied. */
    byte[] block() {
        return Arrays.copyOf(bytes, length);
    }
}
