package dev.waitress.connection;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.Lease;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.proxy.Forwarding;
import dev.waitress.proxy.ForwardingOutcome;
import dev.waitress.proxy.TrustedProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the requests of one client together: a head, then its body, in memory or in a file. A request leaves here when
 * it is complete. Event loop only.
 */
final class Intake {
    /**
     * What the connections of a loop share for it.
     *
     * @param bodies where bodies lie
     * @param ids what requests are called
     */
    record Means(ParserPool parsers, TrustedProxy trustedProxy, BodyStorage bodies, RequestIds ids) {}

    private final Means means;
    private final Peer peer;
    private final boolean peerIsTrusted;

    /** For the head, while it or its body is arriving. */
    private final Lease lease;

    /** Borrowed while a request arrives, null between requests. */
    private @Nullable Http1Parser parser;

    /** The request whose body is being received; null between requests and during a head. */
    private @Nullable RequestHead head;

    private Forwarding forwarding = Forwarding.NONE;

    private boolean headKept;

    private boolean continueOwed;
    private BodyBuffer body = BodyBuffer.EMPTY;

    /** When the first byte of the head came, then when the body began. */
    private long partStartedNanos;

    private long firstByteNanos;

    private long bodyReceived;

    Intake(Means means, Peer peer) {
        this.means = means;
        this.peer = peer;
        this.peerIsTrusted = means.trustedProxy().trusts(peer.hopAddress());
        this.lease = new Lease(means.bodies().memory());
    }

    private byte[] firstLine() {
        RequestHead receiving = head;
        if (receiving != null) {
            return Arrival.firstLineOf(receiving);
        }
        return parser == null ? new byte[0] : parser.firstLine();
    }

    /** Whether a request has begun to arrive. */
    boolean inRequest() {
        return parser != null && parser.inRequest();
    }

    /** Goes on until something has come of the bytes; null if they are used up before that. */
    @Nullable
    Arrival take(ByteBuffer in, long nowNanos) {
        if (!inRequest()) {
            partStartedNanos = nowNanos;
            firstByteNanos = nowNanos;
        }
        Http1Parser borrowed = parser == null ? means.parsers().borrow() : parser;
        parser = borrowed;
        Arrival arrival = parse(borrowed, in, nowNanos);
        if (parser != null && borrowed.isFresh()) {
            // The request may still point into it: that is handed over before any other channel is served.
            parser = null;
            means.parsers().giveBack(borrowed);
        }
        return arrival;
    }

    /** Where the next bytes belong, if that is known. */
    @Nullable
    ByteBuffer place() {
        return body.rest();
    }

    /** So many bytes have come there. */
    void placed(int count) {
        Http1Parser borrowed = parser;
        if (borrowed == null) {
            throw new IllegalStateException("no request is arriving");
        }
        borrowed.skip(count);
        bodyReceived += count;
        body.advance(count);
    }

    private @Nullable Arrival parse(Http1Parser borrowed, ByteBuffer in, long nowNanos) {
        while (true) {
            ParseStep step = borrowed.feed(in);
            if (step instanceof ParseStep.Head received) {
                begin(received.head(), nowNanos);
                ForwardingOutcome reading = readProxyHeaders(received.head());
                if (reading instanceof ForwardingOutcome.Malformed malformed) {
                    return refused(Rule.PROXY_HEADER, malformed.header());
                } else if (reading instanceof Forwarding believed) {
                    forwarding = believed;
                }
            } else if (step instanceof ParseStep.BodyBytes bytes) {
                if (!store(bytes)) {
                    return refused(Rule.BODY_NOT_STORED);
                }
            } else if (step instanceof ParseStep.Rejected rejected) {
                return refused(rejected.rejection());
            } else if (step == ParseStep.Progress.COMPLETE) {
                return new Arrival.Complete(complete(nowNanos));
            } else {
                keepHead();
                if (!hold(borrowed)) {
                    return refused(Rule.NO_MEMORY);
                }
                return continueIsAwaited() ? Arrival.Awaited.CONTINUE : null;
            }
        }
    }

    /** Whether the client must be told, once, to send the rest of the body. Not if all of it came with the head. */
    private boolean continueIsAwaited() {
        boolean awaited = continueOwed;
        continueOwed = false;
        return awaited;
    }

    private void begin(RequestHead received, long nowNanos) {
        head = received;
        headKept = false;
        continueOwed = received.expectsContinue();
        partStartedNanos = nowNanos;
        bodyReceived = 0;
        if (received.hasBody()) {
            body = new BodyBuffer(received.contentLength(), means.bodies());
        }
    }

    private ForwardingOutcome readProxyHeaders(RequestHead received) {
        return received.hasProxyFields()
                ? means.trustedProxy().read(received, peer.hopAddress(), peerIsTrusted, peer.scheme())
                : Forwarding.NONE;
    }

    private boolean store(ParseStep.BodyBytes bytes) {
        bodyReceived += bytes.length();
        try {
            body.append(bytes.array(), bytes.offset(), bytes.length());
            return true;
        } catch (IOException e) {
            body.report(e);
            return false;
        }
    }

    /** The head may lie in the loop's buffer, which the next read overwrites. */
    private void keepHead() {
        if (head != null && !headKept) {
            head = head.detach();
            headKept = true;
        }
    }

    private boolean hold(Http1Parser borrowed) {
        return lease.resizeTo((long) borrowed.heldBytes() + (head == null ? 0 : head.length()));
    }

    private Request complete(long nowNanos) {
        RequestHead received = head;
        if (received == null) {
            throw new IllegalStateException("a request ended that never began");
        }
        Request request = new Request(received, body, peer, forwarding)
                .arrived(firstByteNanos, nowNanos)
                .called(means.ids().next(received, peerIsTrusted));
        head = null;
        body = BodyBuffer.EMPTY;
        continueOwed = false;
        lease.close();
        return request;
    }

    /** The rule that the request breaks which is arriving, if it comes too slowly. */
    @Nullable
    Rule ruleBroken(long nowNanos, Deadlines deadlines) {
        if (!inRequest()) {
            return null;
        }
        long elapsed = nowNanos - partStartedNanos;
        return head == null ? deadlines.brokenByHead(elapsed) : deadlines.brokenByBody(elapsed, bodyReceived);
    }

    /** Nobody has read for a while what the client sends: that is not its fault. */
    void restartClock(long nowNanos) {
        partStartedNanos = nowNanos;
        bodyReceived = 0;
    }

    /** A refusal of what is arriving, or of what comes next: there is no room for it. */
    Arrival.Refused refusedForWantOfMemory(long nowNanos) {
        if (!inRequest()) {
            firstByteNanos = nowNanos;
        }
        return refused(Rule.NO_MEMORY);
    }

    /** Drops what has arrived of a request, and says why. */
    Arrival.Refused refused(Rule rule) {
        return refused(rule, "");
    }

    private Arrival.Refused refused(Rule rule, String detail) {
        return refused(Arrival.Refused.rejection(head, rule, detail));
    }

    private Arrival.Refused refused(Rejection rejection) {
        Arrival.Refused refused = new Arrival.Refused(rejection, firstLine(), firstByteNanos);
        discard();
        return refused;
    }

    /** Drops what has arrived of a request. */
    void discard() {
        parser = null;
        head = null;
        lease.close();
        body.discard();
        body = BodyBuffer.EMPTY;
    }
}
