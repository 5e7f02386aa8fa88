package dev.waitress.worker.wire;

import java.nio.charset.StandardCharsets;

/**
 * Reads values in Python's marshal format, version 2, in place: text and bytes are handed out as positions in the
 * array. What Python 2.7 writes as text, in version 0, are bytes. Anything that a worker does not send is an
 * {@link IllegalArgumentException}. One thread at a time.
 */
public final class MarshalReader {
    /** A list of pairs is nested twice. */
    private static final int MOST_NESTED = 4;

    private byte[] bytes = new byte[0];
    private int position;
    private int end;

    private int start;
    private int stop;

    /** Begins to read a value. */
    public void reset(byte[] source, int from, int to) {
        bytes = source;
        position = from;
        end = to;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Where the text or the bytes read last begin. */
    public int start() {
        return start;
    }

    public int stop() {
        return stop;
    }

    /** Where the next value begins. */
    public int position() {
        return position;
    }

    /** Goes back to a value that was read before. */
    public void seek(int earlier) {
        position = earlier;
    }

    /** Reads a value of any kind that a worker sends, for what lies behind it. */
    public void skip() {
        skip(MOST_NESTED);
    }

    private void skip(int nested) {
        if (nested < 0) {
            throw new IllegalArgumentException("a value nested more than " + MOST_NESTED + " times");
        }
        switch (peek()) {
            case '(', '[' -> {
                for (int items = sequence(); items > 0; items--) {
                    skip(nested - 1);
                }
            }
            case 'i' -> integer();
            default -> characters();
        }
    }

    /** The code of the next value, which stays unread. */
    public char peek() {
        require(1);
        return (char) bytes[position];
    }

    /** The length in the next value, which stays unread: an integer's value, or that of text or bytes. */
    public int peekLength() {
        require(5);
        int length = getInt(bytes, position + 1);
        if (length < 0) {
            throw new IllegalArgumentException("a length of " + length + " bytes");
        }
        return length;
    }

    /** Begins a tuple or a list and returns how many items follow. */
    public int sequence() {
        char code = code();
        if (code != '(' && code != '[') {
            throw unexpected("a sequence", code);
        }
        int items = number();
        if (items < 0 || items > end - position) {
            throw new IllegalArgumentException("a sequence of " + items + " items");
        }
        return items;
    }

    public int integer() {
        char code = code();
        if (code != 'i') {
            throw unexpected("an integer", code);
        }
        return number();
    }

    /**
     * Reads a number of up to 63 bits. Marshal writes those beyond 32 bits in digits of 15 bits, or (2.7) in 8 bytes.
     */
    public long longInteger() {
        char code = code();
        if (code == 'i') {
            return number();
        }
        if (code == 'I') {
            return number() & 0xFFFF_FFFFL | (long) number() << 32;
        }
        if (code != 'l') {
            throw unexpected("an integer", code);
        }
        int digits = number();
        // PyPy writes some zeros so, without any.
        if (digits < 0 || digits > 4) {
            throw new IllegalArgumentException("a number of " + digits + " digits");
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            require(2);
            value |= (bytes[position] & 0xFFL | (bytes[position + 1] & 0xFFL) << 8) << 15 * i;
            position += 2;
        }
        return value;
    }

    /** Reads bytes; their place is in {@link #start} and {@link #stop}. */
    public void blob() {
        char code = code();
        if (code != 's') {
            throw unexpected("bytes", code);
        }
        span();
    }

    /**
     * Reads text; its place, one byte per character, is in {@link #start} and {@link #stop}.
     *
     * @throws IllegalArgumentException if it has characters beyond U+00FF
     */
    public void latin1() {
        if (characters() == 's') {
            return;
        }
        int i = start;
        while (i < stop && bytes[i] >= 0) {
            i++;
        }
        if (i < stop) {
            stop = narrow(i);
        }
    }

    /** Reads text as it is; that of Python 2.7 is taken for UTF-8. */
    public String text() {
        characters();
        return new String(bytes, start, stop - start, StandardCharsets.UTF_8);
    }

    /** Reads text: {@code 'u'} and UTF-8, or {@code 's'} and bytes. */
    private char characters() {
        char code = code();
        if (code != 'u' && code != 's') {
            throw unexpected("text", code);
        }
        span();
        return code;
    }

    /** UTF-8 of U+0080–U+00FF takes two bytes, so one byte per character fits in the same place. */
    private int narrow(int from) {
        int to = from;
        for (int i = from; i < stop; i++) {
            int octet = bytes[i] & 0xFF;
            if (octet >= 0x80) {
                if (octet > 0xC3 || i + 1 >= stop) {
                    throw new IllegalArgumentException("text with a character beyond U+00FF");
                }
                octet = (octet & 0x03) << 6 | bytes[++i] & 0x3F;
            }
            bytes[to++] = (byte) octet;
        }
        return to;
    }

    private void span() {
        int count = number();
        if (count < 0 || count > end - position) {
            throw new IllegalArgumentException("a value of " + count + " bytes, " + (end - position) + " are left");
        }
        start = position;
        position += count;
        stop = position;
    }

    private char code() {
        require(1);
        return (char) bytes[position++];
    }

    private int number() {
        require(4);
        position += 4;
        return getInt(bytes, position - 4);
    }

    public static int getInt(byte[] source, int at) {
        return source[at] & 0xFF
                | (source[at + 1] & 0xFF) << 8
                | (source[at + 2] & 0xFF) << 16
                | (source[at + 3] & 0xFF) << 24;
    }

    private void require(int count) {
        if (end - position < count) {
            throw new IllegalArgumentException("the frame ends in the middle of a value");
        }
    }

    private static IllegalArgumentException unexpected(String wanted, char code) {
        return new IllegalArgumentException("expected " + wanted + ", got marshal code " + (int) code);
    }
}
