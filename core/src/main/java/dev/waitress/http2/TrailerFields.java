package dev.waitress.http2;

/** The fields behind a body: checked, and dropped, as those of HTTP/1 are. RFC 9113 §8.1. One thread at a time. */
public final class TrailerFields implements FieldSink {
    /** Much more than what is refused is no mistake any more. */
    private static final long FAR_BEYOND = 4;

    private final long mostBytes;
    private long bytes;
    private boolean malformed;

    /** None yet; those that may come are so large together. */
    public TrailerFields(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public boolean field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        bytes += nameEnd - name + valueEnd - value + StaticTable.OVERHEAD;
        malformed |= !FieldText.isName(names, name, nameEnd)
                || !FieldText.isValue(values, value, valueEnd)
                || FieldText.isOfConnection(names, name, nameEnd, values, value, valueEnd);
        return bytes <= Math.max(mostBytes, DynamicTable.MOST_BYTES) * FAR_BEYOND;
    }

    /** Whether one of them is none of HTTP/2; one with a colon in front neither. */
    public boolean areMalformed() {
        return malformed;
    }

    public boolean areTooLarge() {
        return bytes > mostBytes;
    }
}
