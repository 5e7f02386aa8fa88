package dev.waitress.http;

import java.nio.charset.StandardCharsets;

/**
 * Composes the head of one response. The application's fields keep their case and order; what would not be HTTP is
 * refused ({@link ApplicationSyntax}). Reusable; one thread at a time.
 */
public final class ResponseHead {
    /** Content-Length of a response that states none. */
    public static final long NO_LENGTH = -1;

    /** Most bytes of all header fields together, with the four that divide them; workers refuse more themselves. */
    public static final int MOST_FIELD_BYTES = 1024 * 1024;

    private static final int DIVIDERS = ": \r\n".length();

    private static final byte[] PREFIX = Ascii.bytes("HTTP/1.1 ");
    private static final int MINOR_VERSION = PREFIX.length - 2;
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: Keep-Alive\r\n");

    private byte[] bytes = new byte[512];
    private int length;
    private int fieldBytes;
    private int statusCode;
    private int statusEnd;
    private long contentLength;
    private int contentLengthStart;
    private int contentLengthEnd;
    private boolean hasDate;
    private boolean hasServer;

    /** How the connection goes on, as the client is told. */
    public enum Connection {
        /** Nothing is said: it stays open, as HTTP/1.1 has it. */
        IMPLIED,
        KEEP_ALIVE,
        CLOSE
    }

    /**
     * Begins a head with a status such as {@code 200 OK}, one byte per character.
     *
     * @throws IllegalArgumentException if it is not {@code 3DIGIT SP reason-phrase} of a final response
     */
    public void start(byte[] source, int start, int end) {
        length = 0;
        fieldBytes = 0;
        contentLength = NO_LENGTH;
        contentLengthStart = 0;
        contentLengthEnd = 0;
        hasDate = false;
        hasServer = false;
        append(PREFIX, 0, PREFIX.length);
        statusCode = ApplicationSyntax.requireStatus(source, start, end);
        append(source, start, end);
        statusEnd = length;
        lineEnd();
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
        int start = length;
        append(names, name, nameEnd);
        append((byte) ':', (byte) ' ');
        append(values, value, valueEnd);
        lineEnd();
        if (contentLength != statedBefore) {
            contentLengthStart = start;
            contentLengthEnd = length;
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

    private boolean noteContentLength(byte[] source, int start, int end) {
        long stated = ApplicationSyntax.requireLength(source, start, end);
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
        int start = find(lowerCaseName);
        int value = start + lowerCaseName.length() + 2;
        return start < 0
                ? ""
                : new String(
                        bytes, value, Syntax.findLineEnd(bytes, value, length) - value, StandardCharsets.ISO_8859_1);
    }

    /** Whether there is a field of this name. */
    public boolean has(String lowerCaseName) {
        return find(lowerCaseName) >= 0;
    }

    /** Where the first line begins that is a field of this name; -1 if there is none. */
    private int find(String lowerCaseName) {
        int nameLength = lowerCaseName.length();
        for (int start = statusEnd + 2; start + nameLength < length; ) {
            int nameEnd = start + nameLength;
            if (bytes[nameEnd] == ':' && Syntax.equalsIgnoreCase(bytes, start, nameEnd, lowerCaseName)) {
                return start;
            }
            start = Syntax.findLineEnd(bytes, start, length) + 2;
        }
        return -1;
    }

    public int statusCode() {
        return statusCode;
    }

    /** The status as the application gave it, for logs. */
    public String status() {
        return new String(bytes, PREFIX.length, statusEnd - PREFIX.length, StandardCharsets.ISO_8859_1);
    }

    /** The length that the application stated, or {@link #NO_LENGTH}. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether a response with this status never has a body. RFC 9110 §6.4.1 and §15.3.6. */
    public boolean isBodiless() {
        return statusCode == 204 || statusCode == 205 || statusCode == 304;
    }

    /** States a length, in place of the application's if there is one. */
    public void setContentLength(long bodyBytes) {
        removeContentLength();
        append(CONTENT_LENGTH, 0, CONTENT_LENGTH.length);
        appendDecimal(bodyBytes);
        lineEnd();
        contentLength = bodyBytes;
    }

    public void removeContentLength() {
        if (contentLengthEnd > 0) {
            System.arraycopy(bytes, contentLengthEnd, bytes, contentLengthStart, length - contentLengthEnd);
            length -= contentLengthEnd - contentLengthStart;
            contentLengthEnd = 0;
        }
        contentLength = NO_LENGTH;
    }

    /**
     * Adds what the server says itself, and the empty line.
     *
     * @param minorVersion that of the request
     * @param date a whole Date field, used unless the application sent one
     * @param server a whole Server field, or nothing
     */
    public void finish(int minorVersion, boolean chunked, Connection connection, byte[] date, byte[] server) {
        bytes[MINOR_VERSION] = (byte) ('0' + minorVersion);
        if (chunked) {
            append(CHUNKED, 0, CHUNKED.length);
        }
        if (!hasDate) {
            append(date, 0, date.length);
        }
        if (!hasServer) {
            append(server, 0, server.length);
        }
        if (connection == Connection.CLOSE) {
            append(CLOSE, 0, CLOSE.length);
        } else if (connection == Connection.KEEP_ALIVE) {
            append(KEEP_ALIVE, 0, KEEP_ALIVE.length);
        }
        lineEnd();
    }

    /** The array that holds the composed head from index 0 on. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    private void append(byte[] source, int start, int end) {
        int count = end - start;
        room(count);
        System.arraycopy(source, start, bytes, length, count);
        length += count;
    }

    private void append(byte one, byte other) {
        room(2);
        bytes[length++] = one;
        bytes[length++] = other;
    }

    private void appendDecimal(long number) {
        byte[] digits = Ascii.bytes(Long.toString(number));
        append(digits, 0, digits.length);
    }

    private void lineEnd() {
        append((byte) '\r', (byte) '\n');
    }

    private void room(int count) {
        bytes = ByteArrays.withRoom(bytes, length + count);
    }
}
