package dev.waitress.http;

import java.nio.charset.StandardCharsets;

/**
 * The head of one response, as an application says it: its status and fields, which keep their case and order, and what
 * a version of HTTP puts before and behind them. What would not be HTTP is refused ({@link ApplicationSyntax}).
 * Reusable; one thread at a time.
 */
public final class ResponseHead {
    /** Content-Length of a response that states none. */
    public static final long NO_LENGTH = -1;

    /** Most bytes of all header fields together, with the four that divide them; workers refuse more themselves. */
    public static final int MOST_FIELD_BYTES = 1024 * 1024;

    /** The same for those of an interim response: what proxies and clients take of a head. */
    public static final int MOST_HINT_BYTES = 8 * 1024;

    private static final int DIVIDERS = ": \r\n".length();

    /** Room before the status, for what comes first on the wire. */
    private static final int STATUS = "HTTP/1.1 ".length();

    private static final byte[] CONTENT_LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] EARLY_HINTS = Ascii.bytes("103 Early Hints");

    private byte[] bytes = new byte[512];
    private int start = STATUS;
    private int end;
    private int fieldBytes;
    private int statusCode;
    private int statusEnd;
    private long contentLength;
    private int contentLengthStart;
    private int contentLengthEnd;
    private boolean hasDate;
    private boolean hasServer;

    /**
     * Begins a head with a status such as {@code 200 OK}, one byte per character.
     *
     * @throws IllegalArgumentException if it is not {@code 3DIGIT SP reason-phrase} of a final response
     */
    public void start(byte[] source, int from, int to) {
        begin(ApplicationSyntax.requireStatus(source, from, to), source, from, to);
    }

    /** Begins the head of an interim response, which tells the client some fields before the final one. RFC 8297. */
    public void startHints() {
        begin(103, EARLY_HINTS, 0, EARLY_HINTS.length);
    }

    private void begin(int code, byte[] status, int from, int to) {
        start = STATUS;
        end = STATUS;
        fieldBytes = 0;
        contentLength = NO_LENGTH;
        contentLengthStart = 0;
        contentLengthEnd = 0;
        hasDate = false;
        hasServer = false;
        statusCode = code;
        append(status, from, to);
        statusEnd = end;
        lineEnd();
    }

    /**
     * Requires that the fields may be those of {@linkplain #startHints an interim response}.
     *
     * @throws IllegalArgumentException if there are too many of them, or one states the length of a body
     */
    public void requireHints() {
        if (fieldBytes > MOST_HINT_BYTES) {
            throw new IllegalArgumentException("header fields of " + fieldBytes + " bytes, limit " + MOST_HINT_BYTES);
        }
        if (contentLength != NO_LENGTH) { // RFC 9110 §8.6
            throw new IllegalArgumentException("Content-Length cannot be an early hint");
        }
    }

    /** Becomes a copy of one that was just composed. */
    public void become(ResponseHead other) {
        start = STATUS;
        end = STATUS;
        append(other.bytes, STATUS, other.end);
        fieldBytes = other.fieldBytes;
        statusCode = other.statusCode;
        statusEnd = other.statusEnd;
        contentLength = other.contentLength;
        contentLengthStart = other.contentLengthStart;
        contentLengthEnd = other.contentLengthEnd;
        hasDate = other.hasDate;
        hasServer = other.hasServer;
    }

    /**
     * Adds a field; name and value lie in arrays, one byte per character.
     *
     * @throws IllegalArgumentException if name or value is not header syntax, or the field is not the application's
     */
    public void field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        fieldBytes += nameEnd - name + valueEnd - value + DIVIDERS;
        if (fieldBytes > MOST_FIELD_BYTES) {
            throw new IllegalArgumentException("header fields of " + fieldBytes + " bytes, limit " + MOST_FIELD_BYTES);
        }
        ApplicationSyntax.requireField(names, name, nameEnd, values, value, valueEnd);
        long statedBefore = contentLength;
        if (!note(names, name, nameEnd, values, value, valueEnd)) {
            return;
        }
        int line = end;
        append(names, name, nameEnd);
        append((byte) ':', (byte) ' ');
        boolean statesLength = contentLength != statedBefore;
        append(values, statesLength ? Syntax.skipNeedlessZeros(values, value, valueEnd) : value, valueEnd);
        lineEnd();
        if (statesLength) {
            contentLengthStart = line;
            contentLengthEnd = end;
        }
    }

    /** Takes note of the fields that the server cares about; false if this one is already there. */
    private boolean note(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        switch (nameEnd - name) {
            case 4 -> hasDate |= Syntax.equalsIgnoreCase(names, name, nameEnd, "date");
            case 6 -> hasServer |= Syntax.equalsIgnoreCase(names, name, nameEnd, "server");
            case 14 -> {
                if (Syntax.equalsIgnoreCase(names, name, nameEnd, "content-length")) {
                    return noteContentLength(values, value, valueEnd);
                }
            }
            case 2, 7, 10, 17, 18, 19 -> ApplicationSyntax.requireEndToEnd(names, name, nameEnd);
            default -> {}
        }
        return true;
    }

    private boolean noteContentLength(byte[] source, int from, int to) {
        long stated = ApplicationSyntax.requireLength(source, from, to);
        if (contentLength != NO_LENGTH && contentLength != stated) {
            throw new IllegalArgumentException(
                    "two different Content-Length headers: " + contentLength + ", " + stated);
        }
        boolean first = contentLength == NO_LENGTH;
        contentLength = stated;
        return first;
    }

    /** The value of the first field of this name; empty if there is none. */
    public String value(String lowerCaseName) {
        int line = find(lowerCaseName);
        int value = line + lowerCaseName.length() + 2;
        return line < 0
                ? ""
                : new String(bytes, value, Syntax.findLineEnd(bytes, value, end) - value, StandardCharsets.ISO_8859_1);
    }

    /** Whether there is a field of this name. */
    public boolean has(String lowerCaseName) {
        return find(lowerCaseName) >= 0;
    }

    /** Where the first line begins that is a field of this name; -1 if there is none. */
    private int find(String lowerCaseName) {
        int nameLength = lowerCaseName.length();
        for (int line = statusEnd + 2; line + nameLength < end; ) {
            int nameEnd = line + nameLength;
            if (bytes[nameEnd] == ':' && Syntax.equalsIgnoreCase(bytes, line, nameEnd, lowerCaseName)) {
                return line;
            }
            line = Syntax.findLineEnd(bytes, line, end) + 2;
        }
        return -1;
    }

    public int statusCode() {
        return statusCode;
    }

    /** The status as the application gave it, for logs. */
    public String status() {
        return new String(bytes, STATUS, statusEnd - STATUS, StandardCharsets.ISO_8859_1);
    }

    /** The length that the application stated, or {@link #NO_LENGTH}. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether a response with this status never has a body. RFC 9110 §6.4.1 and §15.3.6. */
    public boolean isBodiless() {
        return statusCode == 204 || statusCode == 205 || statusCode == 304;
    }

    /** States a length, in place of another one if there is one. */
    public void setContentLength(long bodyBytes) {
        removeContentLength();
        contentLengthStart = end;
        append(CONTENT_LENGTH, 0, CONTENT_LENGTH.length);
        appendDecimal(bodyBytes);
        lineEnd();
        contentLengthEnd = end;
        contentLength = bodyBytes;
    }

    public void removeContentLength() {
        if (contentLengthEnd > 0) {
            System.arraycopy(bytes, contentLengthEnd, bytes, contentLengthStart, end - contentLengthEnd);
            end -= contentLengthEnd - contentLengthStart;
            contentLengthEnd = 0;
        }
        contentLength = NO_LENGTH;
    }

    /** Whether the application has sent a Date of its own. */
    public boolean hasDate() {
        return hasDate;
    }

    /** Whether the application has sent a Server of its own. */
    public boolean hasServer() {
        return hasServer;
    }

    /** Puts in front of the status what is there on the wire, of nine bytes at most. */
    public void putFirst(byte[] version) {
        start = STATUS - version.length;
        System.arraycopy(version, 0, bytes, start, version.length);
    }

    /** Adds a whole line of the server itself. */
    public void add(byte[] line) {
        append(line, 0, line.length);
    }

    /** The array that holds the head, from {@link #start} to {@link #end}. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where it begins. */
    public int start() {
        return start;
    }

    /** Where it ends. */
    public int end() {
        return end;
    }

    private void append(byte[] source, int from, int to) {
        int count = to - from;
        room(count);
        System.arraycopy(source, from, bytes, end, count);
        end += count;
    }

    private void append(byte one, byte other) {
        room(2);
        bytes[end++] = one;
        bytes[end++] = other;
    }

    private void appendDecimal(long number) {
        byte[] digits = Ascii.bytes(Long.toString(number));
        append(digits, 0, digits.length);
    }

    private void lineEnd() {
        append((byte) '\r', (byte) '\n');
    }

    private void room(int count) {
        bytes = ByteArrays.withRoom(bytes, end + count);
    }
}
