package dev.waitress.log;

/** Well-formed UTF-8, as Unicode's table 3-7 has it. */
final class Utf8 {
    private Utf8() {}

    /** Bytes of the character beyond U+009F that begins here; 0 if none does. */
    static int sequence(byte[] bytes, int start, int end) {
        int first = bytes[start] & 0xFF;
        int second = start + 1 < end ? bytes[start + 1] & 0xFF : 0;
        if (first >= 0xC2 && first <= 0xDF) {
            // U+0080 to U+009F are control characters.
            return isTrail(second) && (first > 0xC2 || second >= 0xA0) ? 2 : 0;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            boolean fits = isTrail(second) && (first > 0xE0 || second >= 0xA0) && (first != 0xED || second < 0xA0);
            return fits && areTrails(bytes, start + 2, start + 3, end) ? 3 : 0;
        }
        if (first >= 0xF0 && first <= 0xF4) {
            boolean fits = isTrail(second) && (first > 0xF0 || second >= 0x90) && (first < 0xF4 || second < 0x90);
            return fits && areTrails(bytes, start + 2, start + 4, end) ? 4 : 0;
        }
        return 0;
    }

    private static boolean areTrails(byte[] bytes, int start, int stop, int end) {
        for (int i = start; i < stop; i++) {
            if (i >= end || !isTrail(bytes[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTrail(int octet) {
        return (octet & 0xC0) == 0x80;
    }
}
