package dev.waitress.worker.wire;

import dev.waitress.http.ByteArrays;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes values in Python's marshal format: only codes that every Python since 3.4 reads, and no references. Lengths
 * and integers are little-endian. Reusable; one thread at a time.
 */
public final class MarshalWriter {
    private static final int SHORT = 256;

    private byte[] bytes;
    private int length;

    public MarshalWriter(int firstBytes) {
        bytes = new byte[firstBytes];
    }

    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    /** The array that holds what was written from index 0 on; replaced when it grows. */
    public byte[] bytes() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public void tuple(int items) {
        code('(', items);
    }

    public void list(int items) {
        code('[', items);
    }

    public void dict() {
        one('{');
    }

    public void endDict() {
        one('0');
    }

    public void none() {
        one('N');
    }

    public void bool(boolean value) {
        one(value ? 'T' : 'F');
    }

    public void integer(int value) {
        code('i', value);
    }

    /** A number with a fraction, as its bits are, from the last byte on. */
    public void number(double value) {
        long bits = Double.doubleToLongBits(value);
        code('g', (int) bits);
        fixed((int) (bits >>> Integer.SIZE));
    }

    public void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        code('u', utf8.length);
        raw(utf8, 0, utf8.length);
    }

    public void blob(byte[] source, int start, int count) {
        code('s', count);
        raw(source, start, count);
    }

    /** Text of one character per byte. */
    public void latin1(byte[] source, int start, int end) {
        int count = end - start;
        if (!isAscii(source, start, end)) {
            beyondAscii(source, start, end);
            return;
        }
        if (count < SHORT) {
            room(2 + count);
            bytes[length++] = 'z';
            bytes[length++] = (byte) count;
        } else {
            code('a', count);
        }
        raw(source, start, count);
    }

    private static boolean isAscii(byte[] source, int start, int end) {
        int all = 0;
        for (int i = start; i < end; i++) {
            all |= source[i];
        }
        return all >= 0;
    }

    private void beyondAscii(byte[] source, int start, int end) {
        int at = length;
        code('u', 0);
        room(2 * (end - start));
        for (int i = start; i < end; i++) {
            int octet = source[i] & 0xFF;
            if (octet < 0x80) {
                bytes[length++] = (byte) octet;
            } else {
                bytes[length++] = (byte) (0xC0 | octet >> 6);
                bytes[length++] = (byte) (0x80 | octet & 0x3F);
            }
        }
        patch(at + 1, length - at - 5);
    }

    /** A little-endian number outside of marshal: the length of a frame. */
    public void fixed(int value) {
        room(4);
        length += 4;
        patch(length - 4, value);
    }

    /** Overwrites a number that was written before its value was known. */
    public void patch(int at, int value) {
        putInt(bytes, at, value);
    }

    public static void putInt(byte[] target, int at, int value) {
        target[at] = (byte) value;
        target[at + 1] = (byte) (value >> 8);
        target[at + 2] = (byte) (value >> 16);
        target[at + 3] = (byte) (value >> 24);
    }

    /** Copies bytes that are written already. */
    public void raw(byte[] source, int start, int count) {
        room(count);
        System.arraycopy(source, start, bytes, length, count);
        length += count;
    }

    private void one(char code) {
        room(1);
        bytes[length++] = (byte) code;
    }

    private void code(char code, int value) {
        room(5);
        bytes[length] = (byte) code;
        patch(length + 1, value);
        length += 5;
    }

    private void room(int count) {
        bytes = ByteArrays.withRoom(bytes, length + count);
    }
}
