package dev.waitress.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Character classes of RFC 9110 §5.6 and RFC 3986, and scans over bytes that use them. */
public final class Syntax {
    private static final byte TOKEN = 1;
    private static final byte FIELD_VALUE = 2;
    private static final byte DIGIT = 4;
    private static final byte HEX = 8;
    private static final byte HOST = 16;
    private static final byte QUOTED = 32;

    private static final byte[] CLASSES = classes();

    /** Eight bytes at once; where the first byte lands does not matter to the scans. */
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BELOW_SHIFT_OUT = 0x0E * EACH;
    private static final long BELOW_SPACE = 0x20 * EACH;
    private static final long DEL = 0x7F * EACH;

    private Syntax() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        String letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        mark(classes, "0123456789", DIGIT);
        mark(classes, "0123456789abcdefABCDEF", HEX);
        mark(classes, "!#$%&'*+-.^_`|~0123456789" + letters, TOKEN);
        mark(classes, "-._~!$&'()*+,;=0123456789" + letters, HOST);
        for (int c = 0; c < 256; c++) {
            if (c == '\t' || c >= ' ' && c != 0x7F) {
                classes[c] |= FIELD_VALUE;
                classes[c] |= c == '"' || c == '\\' ? 0 : QUOTED;
            }
        }
        return classes;
    }

    private static void mark(byte[] classes, String characters, byte kind) {
        for (int i = 0; i < characters.length(); i++) {
            classes[characters.charAt(i)] |= kind;
        }
    }

    /** RFC 9110 §5.6.2: tchar. */
    public static boolean isToken(byte b) {
        return is(b, TOKEN);
    }

    /** RFC 9110 §5.5: field-vchar, SP or HTAB. */
    public static boolean isFieldValue(byte b) {
        return is(b, FIELD_VALUE);
    }

    public static boolean isDigit(byte b) {
        return is(b, DIGIT);
    }

    public static boolean isHex(byte b) {
        return is(b, HEX);
    }

    /** RFC 3986 §3.2.2: unreserved or sub-delims. */
    static boolean isHostCharacter(byte b) {
        return is(b, HOST);
    }

    /** RFC 9110 §5.6.4: qdtext. */
    public static boolean isQuotedText(byte b) {
        return is(b, QUOTED);
    }

    private static boolean is(byte b, byte kind) {
        return (CLASSES[b & 0xFF] & kind) != 0;
    }

    /** RFC 9110 §5.6.3: OWS. */
    public static boolean isWhiteSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The value of 1*DIGIT: -1 where that is something else, and the largest value for all that are larger. */
    public static long decimal(byte[] bytes, int start, int end) {
        long value = start < end ? 0 : -1;
        for (int i = start; i < end; i++) {
            if (!isDigit(bytes[i])) {
                return -1;
            }
            value = value > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : 10 * value + bytes[i] - '0';
        }
        return value;
    }

    /** The value of a hexadecimal digit. */
    public static int hexValue(byte b) {
        return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
    }

    /** RFC 9110 §5.6.2: token. */
    public static boolean isTokens(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!isToken(bytes[i])) {
                return false;
            }
        }
        return start < end;
    }

    /**
     * Where a number begins that has no zeros in front: they say nothing, thousands of them are more than others take,
     * and of a text that is too long Python makes no number, however small that is.
     */
    public static int skipNeedlessZeros(byte[] number, int start, int end) {
        int first = start;
        while (first < end - 1 && number[first] == '0') {
            first++;
        }
        return first;
    }

    /** Index of the first byte from the start on that is no white space. */
    public static int skipWhiteSpace(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && isWhiteSpace(bytes[i])) {
            i++;
        }
        return i;
    }

    /** Index behind the last byte that is no white space. */
    public static int trimEnd(byte[] bytes, int start, int end) {
        int i = end;
        while (i > start && isWhiteSpace(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /** Index of the first byte that may be CR or LF, or {@code end}. */
    public static int findLineEnd(byte[] bytes, int start, int end) {
        int i = start;
        // Eight at a time: does any byte lie below 0x0E? (Bit trick: see Hacker's Delight §6-1, "find first 0-byte".)
        for (; i + 8 <= end; i += 8) {
            long eight = (long) LONGS.get(bytes, i);
            if ((eight - BELOW_SHIFT_OUT & ~eight & HIGH_BITS) != 0) {
                break;
            }
        }
        while (i < end && bytes[i] != '\r' && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    /** Whether all bytes may stand in a field value. */
    public static boolean isFieldValue(byte[] bytes, int start, int end) {
        int i = start;
        for (; i + 8 <= end; i += 8) {
            long eight = (long) LONGS.get(bytes, i);
            long delToZero = eight ^ DEL;
            long suspects = (eight - BELOW_SPACE & ~eight | delToZero - EACH & ~delToZero) & HIGH_BITS;
            if (suspects != 0 && !isFieldValueSlowly(bytes, i, i + 8)) {
                return false;
            }
        }
        return isFieldValueSlowly(bytes, i, end);
    }

    private static boolean isFieldValueSlowly(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!isFieldValue(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes are this text, whose letters are lower-case ones. */
    public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
        if (end - start != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            byte b = bytes[start + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
