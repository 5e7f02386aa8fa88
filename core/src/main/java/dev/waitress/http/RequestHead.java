package dev.waitress.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The request line and header fields of one request: the received bytes and an index of where its parts are; nothing is
 * copied or decoded until someone asks. The bytes are those of the reader's buffer, so a head is valid only until the
 * next bytes are fed to its parser; {@link #detach} makes a copy that stays. All positions are indexes into
 * {@link #bytes}. A {@link RequestHeadBuilder} fills it.
 */
public final class RequestHead {
    /** Content-Length of a request that has none. */
    public static final long NO_LENGTH = -1;

    static final int STRIDE = 5;
    static final int NAME = 0;
    static final int NAME_END = 1;
    static final int VALUE = 2;
    static final int VALUE_END = 3;
    /** Index of the next field of the same name, {@link #LAST}, with {@link #REPEATED} for all but the first. */
    static final int LINK = 4;

    static final int LAST = 0x3FFF_FFFF;
    static final int REPEATED = 0x4000_0000;

    // The positions below count from the base, so that a copy need not change them.
    byte[] bytes = {};
    int base;
    int length;

    int[] fields;
    int fieldCount;

    int methodEnd;
    int target;
    int targetEnd;
    int path;
    int pathEnd;
    int query;
    int queryEnd;
    int authority;
    int authorityEnd;
    Protocol protocol = Protocol.HTTP_1_0;

    long contentLength;
    boolean chunked;
    boolean close;
    boolean keepAlive;
    boolean expectContinue;
    boolean proxyFields;

    /** Without anything in it; with room for so many fields. */
    RequestHead(int fieldRoom) {
        fields = new int[STRIDE * fieldRoom];
    }

    /** A copy that does not change when the parser goes on. */
    public RequestHead detach() {
        RequestHead copy = new RequestHead(fieldCount);
        copy.bytes = Arrays.copyOfRange(bytes, base, base + length);
        copy.length = length;
        System.arraycopy(fields, 0, copy.fields, 0, copy.fields.length);
        copy.fieldCount = fieldCount;
        copy.methodEnd = methodEnd;
        copy.target = target;
        copy.targetEnd = targetEnd;
        copy.path = path;
        copy.pathEnd = pathEnd;
        copy.query = query;
        copy.queryEnd = queryEnd;
        copy.authority = authority;
        copy.authorityEnd = authorityEnd;
        copy.protocol = protocol;
        copy.contentLength = contentLength;
        copy.chunked = chunked;
        copy.close = close;
        copy.keepAlive = keepAlive;
        copy.expectContinue = expectContinue;
        copy.proxyFields = proxyFields;
        return copy;
    }

    /** Bytes from the start of the request line to the end of the empty line. */
    public int length() {
        return length;
    }

    /** The array that all positions point into; only the parts that they name belong to this request. */
    public byte[] bytes() {
        return bytes;
    }

    public int methodStart() {
        return base;
    }

    public int methodEnd() {
        return base + methodEnd;
    }

    public int targetStart() {
        return base + target;
    }

    public int targetEnd() {
        return base + targetEnd;
    }

    /** The raw path; empty for an absolute target without one. */
    public int pathStart() {
        return base + path;
    }

    public int pathEnd() {
        return base + pathEnd;
    }

    /** The raw query without its question mark. */
    public int queryStart() {
        return base + query;
    }

    public int queryEnd() {
        return base + queryEnd;
    }

    /** Whether the target is absolute; its authority then replaces Host. RFC 9112 §3.2.2. */
    public boolean hasAuthority() {
        return authorityEnd > authority;
    }

    public int authorityStart() {
        return base + authority;
    }

    public int authorityEnd() {
        return base + authorityEnd;
    }

    public Protocol protocol() {
        return protocol;
    }

    /** 0 for HTTP/1.0, 1 for all that knows what HTTP/1.1 knows. RFC 9110 §2.5. */
    public int minorVersion() {
        return protocol == Protocol.HTTP_1_0 ? 0 : 1;
    }

    public boolean isMethod(String method) {
        int size = methodEnd;
        if (size != method.length()) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (bytes[base + i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of the body, or {@link #NO_LENGTH}. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether the body comes piece by piece, and no head says how long it is. */
    public boolean isChunked() {
        return chunked;
    }

    public boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Whether the client waits for 100 (Continue) before it sends the body. RFC 9110 §10.1.1. */
    public boolean expectsContinue() {
        return expectContinue && hasBody();
    }

    /** Whether the client lets the connection be used again. RFC 9112 §9.3. */
    public boolean wantsKeepAlive() {
        return !close && (minorVersion() > 0 || keepAlive);
    }

    /** Whether there are fields named Forwarded (RFC 7239) or X-Forwarded-something. */
    public boolean hasProxyFields() {
        return proxyFields;
    }

    /** Header fields that count; those with an underscore in their name are not among them. */
    public int fieldCount() {
        return fieldCount;
    }

    public int nameStart(int field) {
        return base + fields[STRIDE * field + NAME];
    }

    public int nameEnd(int field) {
        return base + fields[STRIDE * field + NAME_END];
    }

    /** The value without white space around it. */
    public int valueStart(int field) {
        return base + fields[STRIDE * field + VALUE];
    }

    public int valueEnd(int field) {
        return base + fields[STRIDE * field + VALUE_END];
    }

    /** Whether an earlier field has the same name. */
    public boolean isRepeated(int field) {
        return (fields[STRIDE * field + LINK] & REPEATED) != 0;
    }

    /** The next field of the same name, or -1. */
    public int nextOfName(int field) {
        int next = fields[STRIDE * field + LINK] & LAST;
        return next == LAST ? -1 : next;
    }

    public boolean isField(int field, String lowerCaseName) {
        return Syntax.equalsIgnoreCase(bytes, nameStart(field), nameEnd(field), lowerCaseName);
    }

    /** The values of this field and all later ones of its name, as one list. RFC 9110 §5.3. */
    public String joinedValues(int field) {
        StringBuilder values = new StringBuilder(text(valueStart(field), valueEnd(field)));
        for (int next = nextOfName(field); next >= 0; next = nextOfName(next)) {
            values.append(", ").append(text(valueStart(next), valueEnd(next)));
        }
        return values.toString();
    }

    /** The value of the first field of this name; empty if there is none. */
    public String value(String lowerCaseName) {
        int field = find(lowerCaseName);
        return field < 0 ? "" : text(valueStart(field), valueEnd(field));
    }

    /** Whom the client asks for: the target's authority, or else the Host field. RFC 9112 §3.3. Empty if nobody. */
    public String host() {
        return hasAuthority() ? text(authorityStart(), authorityEnd()) : value("host");
    }

    /** Index of the first field of this name, or -1. */
    public int find(String lowerCaseName) {
        for (int field = 0; field < fieldCount; field++) {
            if (isField(field, lowerCaseName)) {
                return field;
            }
        }
        return -1;
    }

    /** End of the request line, before its line end. */
    public int lineEnd() {
        return Syntax.findLineEnd(bytes, targetEnd(), base + length);
    }

    /** A part of the head as text, one character per byte (PEP 3333: bytes as latin-1). */
    public String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    public String method() {
        return text(methodStart(), methodEnd());
    }

    /** The target as received, for logs; it may hold anything but control characters. */
    public String targetText() {
        return text(targetStart(), targetEnd());
    }
}
