package dev.waitress.gateway;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.proxy.Forwarding;

/**
 * A complete request: head, body, and where it came from. Whoever holds it last closes its body. One thread at a time.
 */
public final class Request {
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

    /** Copies the head, so that the request outlives the call that handed it over. */
    public Request detach() {
        head = head.detach();
        return this;
    }
}
