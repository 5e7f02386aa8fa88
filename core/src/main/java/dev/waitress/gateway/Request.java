package dev.waitress.gateway;

import dev.waitress.buffer.BodyBuffer;
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

    /** Copies the head, so that the request outlives the call that handed it over. */
    public Request detach() {
        head = head.detach();
        return this;
    }
}
