package dev.waitress.exchange;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.proxy.Forwarding;

/**
 * A complete request: head, body, and where it came from. Whoever holds it last closes its body. One thread at a time.
 */
public final class Request {
    /** As received, as an environ, and on its way to the application. */
    private static final int COPIES_OF_HEAD = 3;

    /** What the index of a head takes up for each of its fields. */
    private static final int INDEX_BYTES = 20;

    /** The objects around it, about. */
    private static final int OBJECT_BYTES = 512;

    private RequestHead head;
    private final BodyBuffer body;
    private final Peer peer;
    private final Forwarding forwarding;
    private RequestId id = RequestId.NONE;
    private long firstByteNanos;
    private long completeNanos;

    public Request(RequestHead head, BodyBuffer body, Peer peer, Forwarding forwarding) {
        this.head = head;
        this.body = body;
        this.peer = peer;
        this.forwarding = forwarding;
    }

    public RequestHead head() {
        return head;
    }

    public BodyBuffer body() {
        return body;
    }

    public Peer peer() {
        return peer;
    }

    /** What the peer, as a trusted proxy, says of the request. */
    public Forwarding forwarding() {
        return forwarding;
    }

    /** Whose request it is; numeric, as the application sees it. */
    public byte[] remoteAddress() {
        String forwarded = forwarding.remoteAddress();
        return forwarded == null ? peer.remoteAddressBytes : Ascii.bytes(forwarded);
    }

    /** When its first byte and its last one came. */
    public Request arrived(long newFirstByteNanos, long newCompleteNanos) {
        firstByteNanos = newFirstByteNanos;
        completeNanos = newCompleteNanos;
        return this;
    }

    public long firstByteNanos() {
        return firstByteNanos;
    }

    public long completeNanos() {
        return completeNanos;
    }

    /** Names the request. */
    public Request called(RequestId newId) {
        id = newId;
        return this;
    }

    public RequestId id() {
        return id;
    }

    /** What it takes up in memory until it is answered, about; its body counts for itself. */
    public long memoryBytes() {
        return (long) COPIES_OF_HEAD * head.length() + (long) INDEX_BYTES * head.fieldCount() + OBJECT_BYTES;
    }

    /** Copies the head, so that the request outlives the call that handed it over. */
    public Request detach() {
        head = head.detach();
        return this;
    }
}
