package dev.waitress.http;

import java.util.Arrays;

/**
 * Fills a {@link RequestHead}, the same one for one request after the other. Nothing is copied: it notes positions,
 * which are indexes into the array that {@link #begin} was given. What a target holds {@link Target} tells it. One
 * thread at a time.
 */
public final class RequestHeadBuilder {
    /** Room for the fields of most heads. */
    private static final int FIRST_FIELDS = 32;

    private final RequestHead head = new RequestHead(FIRST_FIELDS);

    /** What has been noted so far. */
    public RequestHead head() {
        return head;
    }

    /** Forgets the head before, and begins one that lies in this part of an array. */
    public void begin(byte[] source, int start, int length) {
        head.bytes = source;
        head.base = start;
        head.length = length;
        head.fieldCount = 0;
        head.methodEnd = 0;
        head.target = 0;
        head.targetEnd = 0;
        path(start, start, start);
        authority(start, start);
        head.protocol = Protocol.HTTP_1_0;
        head.contentLength = RequestHead.NO_LENGTH;
        head.chunked = false;
        head.close = false;
        head.keepAlive = false;
        head.expectContinue = false;
        head.proxyFields = false;
    }

    /**
     * The head goes on: what lies in the array before, to which positions count from its start, lies in this one too.
     */
    public void extend(byte[] source, int length) {
        head.bytes = source;
        head.length = length;
    }

    /** The method, with which the head begins. */
    public void method(int end) {
        head.methodEnd = end - head.base;
    }

    /** The version of HTTP in which the request came. */
    public void protocol(Protocol protocol) {
        head.protocol = protocol;
    }

    void target(int start, int end) {
        head.target = start - head.base;
        head.targetEnd = end - head.base;
    }

    /** The path, and what of the target lies behind it: the query with its question mark, or nothing. */
    void path(int start, int end, int targetEnd) {
        head.path = start - head.base;
        head.pathEnd = end - head.base;
        head.query = Math.min(end + 1, targetEnd) - head.base;
        head.queryEnd = targetEnd - head.base;
    }

    void authority(int start, int end) {
        head.authority = start - head.base;
        head.authorityEnd = end - head.base;
    }

    /** Adds a field, and returns its index. */
    public int field(int name, int nameEnd, int value, int valueEnd) {
        int at = RequestHead.STRIDE * head.fieldCount;
        if (at == head.fields.length) {
            head.fields = Arrays.copyOf(head.fields, 2 * head.fields.length);
        }
        int[] fields = head.fields;
        int base = head.base;
        fields[at + RequestHead.NAME] = name - base;
        fields[at + RequestHead.NAME_END] = nameEnd - base;
        fields[at + RequestHead.VALUE] = value - base;
        fields[at + RequestHead.VALUE_END] = valueEnd - base;
        fields[at + RequestHead.LINK] = RequestHead.LAST;
        return head.fieldCount++;
    }

    /** Makes {@code later} the next field of the same name after {@code earlier}. */
    public void link(int earlier, int later) {
        int at = RequestHead.STRIDE * earlier + RequestHead.LINK;
        head.fields[at] = head.fields[at] & RequestHead.REPEATED | later;
        head.fields[RequestHead.STRIDE * later + RequestHead.LINK] |= RequestHead.REPEATED;
    }

    /** The body has so many bytes. */
    public void contentLength(long bytes) {
        head.contentLength = bytes;
    }

    /** The body comes in chunks. */
    public void chunked() {
        head.chunked = true;
    }

    /** The connection is not to be used again. */
    public void close() {
        head.close = true;
    }

    /** A client of HTTP/1.0 lets the connection be used again. */
    public void keepAlive() {
        head.keepAlive = true;
    }

    /** The client waits for 100 (Continue), if there is a body. */
    public void expectContinue() {
        head.expectContinue = true;
    }

    /** One of the fields is a proxy's: see {@link RequestHead#hasProxyFields}. */
    public void proxyField() {
        head.proxyFields = true;
    }
}
