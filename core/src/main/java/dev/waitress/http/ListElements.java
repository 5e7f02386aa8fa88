package dev.waitress.http;

/** The elements of a field that is a list, RFC 9110 §5.6.1: empty ones are none. Reusable; one thread at a time. */
final class ListElements {
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int next;
    private int last;
    private int start;
    private int end;

    /** Begins anew with a value, of which the first element is the {@link #next}. */
    void of(byte[] source, int from, int to) {
        bytes = source;
        next = from;
        last = to;
    }

    /** Goes on to the next element; false if there is none. */
    boolean next() {
        while (next < last) {
            int comma = next;
            while (comma < last && bytes[comma] != ',') {
                comma++;
            }
            start = Syntax.skipWhiteSpace(bytes, next, comma);
            end = Syntax.trimEnd(bytes, start, comma);
            next = comma + 1;
            if (start < end) {
                return true;
            }
        }
        bytes = NOTHING; // which may be a large head
        return false;
    }

    /** Whether the element is this one, whatever the case of its letters. */
    boolean is(String lowerCase) {
        return Syntax.equalsIgnoreCase(bytes, start, end, lowerCase);
    }
}
