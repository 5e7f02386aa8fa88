package dev.waitress.connection;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.BodyStorage;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.http.Limits;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import dev.waitress.proxy.Forwarding;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request of one stream that is arriving: its head, and what has come of its body. Event loop only. */
final class Upload {
    private final RequestHead head;
    private final Forwarding forwarding;
    private final long begunNanos;

    /** What the connection had received when this began. */
    private final long receivedBefore;

    private final BodyBuffer body;
    private long bytes;

    /**
     * One of which the head has come, and is kept by the caller or not used after {@link #complete}.
     *
     * @param receivedBefore bytes of bodies that the connection has received so far
     */
    Upload(RequestHead head, Forwarding forwarding, BodyStorage storage, long begunNanos, long receivedBefore) {
        this.head = head;
        this.forwarding = forwarding;
        this.begunNanos = begunNanos;
        this.receivedBefore = receivedBefore;
        this.body = head.hasBody() ? new BodyBuffer(head.contentLength(), storage) : BodyBuffer.EMPTY;
    }

    RequestHead head() {
        return head;
    }

    long begunNanos() {
        return begunNanos;
    }

    /** Whether so many bytes more can still be what the head says. */
    boolean mayTake(int count) {
        return head.isChunked() || bytes + count <= Math.max(0, head.contentLength());
    }

    /** Takes bytes of the body; the rule that they break, if they break one. */
    @Nullable
    Rule take(byte[] source, int start, int count, Limits limits) {
        bytes += count;
        if (bytes >= limits.maxBodyBytes()) {
            return Rule.BODY_TOO_LARGE;
        }
        try {
            body.append(source, start, count);
            return null;
        } catch (IOException e) {
            body.report(e);
            return Rule.BODY_NOT_STORED;
        }
    }

    /** Whether all has come that the head has promised. RFC 9113 §8.1.1. */
    boolean isWhole() {
        return head.isChunked() || bytes == Math.max(0, head.contentLength());
    }

    /** The request, which holds the body from now on. */
    Request complete(Peer peer, RequestIds ids, boolean peerIsTrusted, long nowNanos) {
        return new Request(head, body, peer, forwarding)
                .arrived(begunNanos, nowNanos)
                .called(ids.next(head, peerIsTrusted));
    }

    /** The rule that it breaks if the whole connection brings too little while this waits. */
    @Nullable
    Rule ruleBroken(long nowNanos, long received, Deadlines deadlines) {
        return deadlines.brokenByBody(nowNanos - begunNanos, received - receivedBefore);
    }

    void discard() {
        body.discard();
    }
}
