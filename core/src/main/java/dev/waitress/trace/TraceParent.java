package dev.waitress.trace;

/** The value of {@code traceparent}. W3C Trace Context §3.2. */
final class TraceParent {
    private static final int VERSION_END = 2;

    private TraceParent() {}

    /**
     * Whether this is one that can be read: of version 00, or of a later one that begins as 00 does. §3.2.2 and §3.2.4:
     * a later one may go on behind another dash.
     */
    static boolean isValid(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length < TraceContext.LENGTH
                || length > TraceContext.LENGTH
                        && (isOldest(bytes, start) || bytes[start + TraceContext.LENGTH] != '-')) {
            return false;
        }
        return isHex(bytes, start, start + VERSION_END)
                && !isForbidden(bytes, start)
                && bytes[start + VERSION_END] == '-'
                && isId(bytes, start + TraceContext.TRACE_ID, start + TraceContext.TRACE_ID_END)
                && bytes[start + TraceContext.TRACE_ID_END] == '-'
                && isId(bytes, start + TraceContext.SPAN_ID, start + TraceContext.SPAN_ID_END)
                && bytes[start + TraceContext.SPAN_ID_END] == '-'
                && isHex(bytes, start + TraceContext.FLAGS, start + TraceContext.LENGTH);
    }

    private static boolean isOldest(byte[] bytes, int start) {
        return bytes[start] == '0' && bytes[start + 1] == '0';
    }

    private static boolean isForbidden(byte[] bytes, int start) {
        return bytes[start] == 'f' && bytes[start + 1] == 'f';
    }

    /** Digits that are not all zeros. */
    private static boolean isId(byte[] bytes, int start, int end) {
        boolean isZero = true;
        for (int i = start; i < end; i++) {
            isZero &= bytes[i] == '0';
        }
        return !isZero && isHex(bytes, start, end);
    }

    private static boolean isHex(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if ((b < '0' || b > '9') && (b < 'a' || b > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** The flags' last bit; the others mean nothing in version 00, and are not passed on. */
    static boolean isSampled(byte[] bytes, int start) {
        return Character.digit(bytes[start + TraceContext.LENGTH - 1], 16) % 2 == 1;
    }
}
