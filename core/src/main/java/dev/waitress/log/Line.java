package dev.waitress.log;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;

/** Lines in the making. What clients send goes through {@link #text} and can neither end a line nor a value. */
final class Line {
    private static final byte[] HEX = Ascii.bytes("0123456789abcdef");
    private static final byte[] ABSENT = {'-'};
    private static final byte[] JSON_ABSENT = Ascii.bytes("null");
    private static final int MOST_DIGITS = 20;

    private final boolean json;
    private byte[] bytes;
    private int length;

    /**
     * An empty one.
     *
     * @param json whether values are those of JSON, else those of Apache's logs
     */
    Line(boolean json, int capacity) {
        this.json = json;
        this.bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Bytes that it holds on to. */
    int capacity() {
        return bytes.length;
    }

    void clear() {
        length = 0;
    }

    void raw(byte[] source, int start, int end) {
        room(end - start);
        System.arraycopy(source, start, bytes, length, end - start);
        length += end - start;
    }

    void raw(byte[] source) {
        raw(source, 0, source.length);
    }

    private void raw(int octet) {
        room(1);
        bytes[length++] = (byte) octet;
    }

    void decimal(long number) {
        room(MOST_DIGITS);
        int end = length + digits(number);
        int i = end - 1;
        long left = number;
        for (; left > Integer.MAX_VALUE; left /= 10) {
            bytes[i--] = (byte) ('0' + left % 10);
        }
        // Most numbers are small, and a division of those takes less time.
        for (int small = (int) left; i >= length; small /= 10) {
            bytes[i--] = (byte) ('0' + small % 10);
        }
        length = end;
    }

    /** Three digits. */
    void milliseconds(int number) {
        raw('0' + number / 100);
        raw('0' + number / 10 % 10);
        raw('0' + number % 10);
    }

    private static int digits(long number) {
        int count = 1;
        for (long bound = 10; count < MOST_DIGITS - 1 && number >= bound; bound *= 10) {
            count++;
        }
        return count;
    }

    /** There is no such value. */
    void absent() {
        raw(json ? JSON_ABSENT : ABSENT);
    }

    /** Begins or ends a text in JSON; elsewhere the format says where quotes are. */
    void quote() {
        if (json) {
            raw('"');
        }
    }

    void text(byte[] source) {
        text(source, 0, source.length);
    }

    /** A value; an empty one counts as none. */
    void text(byte[] source, int start, int end) {
        if (start >= end) {
            absent();
        } else {
            quote();
            escape(source, start, end);
            quote();
        }
    }

    private void escape(byte[] source, int start, int end) {
        room(end - start);
        int clean = start;
        for (int i = start; i < end; i++) {
            byte b = source[i];
            if (b >= ' ' && b != '"' && b != '\\' && b != 0x7F) {
                continue;
            }
            int sequence = json ? Utf8.sequence(source, i, end) : 0;
            if (sequence > 1) {
                i += sequence - 1;
                continue;
            }
            raw(source, clean, i);
            escape(b & 0xFF);
            clean = i + 1;
        }
        raw(source, clean, end);
    }

    private void escape(int octet) {
        raw('\\');
        if (octet == '"' || octet == '\\') {
            raw(octet);
            return;
        }
        if (json) {
            raw('u');
            raw('0');
            raw('0');
        } else {
            raw('x');
        }
        raw(HEX[octet >> 4]);
        raw(HEX[octet & 0xF]);
    }

    private void room(int count) {
        bytes = ByteArrays.withRoom(bytes, length + count);
    }
}
