package dev.waitress.otlp;

import dev.waitress.exchange.Request;
import dev.waitress.http.Ascii;
import dev.waitress.http.Protocol;
import dev.waitress.http.RequestHead;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a span says of its request. What the client has written is cut where it is long, so that many that wait take up
 * little.
 *
 * @param host as the client has asked for it, perhaps with a port; empty if it has not
 * @param peerAddress of whoever is connected: the client, or a proxy
 * @param bodyBytes decoded
 * @param id what it is called; empty if it has no name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RequestFacts(
        byte[] method,
        byte[] path,
        byte[] query,
        byte[] host,
        byte[] userAgent,
        Protocol protocol,
        String scheme,
        byte[] clientAddress,
        String peerAddress,
        long bodyBytes,
        byte[] id) {
    static final int MOST_BYTES = 512;

    private static final byte[] NOTHING = {};

    static RequestFacts of(Request request) {
        RequestHead head = request.head();
        String forwardedHost = request.forwarding().host();
        String forwardedScheme = request.forwarding().scheme();
        return new RequestFacts(
                part(head, head.methodStart(), head.methodEnd()),
                part(head, head.pathStart(), head.pathEnd()),
                part(head, head.queryStart(), head.queryEnd()),
                host(head, forwardedHost),
                field(head, "user-agent"),
                head.protocol(),
                forwardedScheme == null ? request.peer().scheme() : forwardedScheme,
                request.remoteAddress(),
                request.peer().hopAddress(),
                request.body().size(),
                request.id().text());
    }

    private static byte[] host(RequestHead head, @Nullable String forwarded) {
        if (forwarded != null) {
            return Ascii.bytes(forwarded);
        }
        return head.hasAuthority() ? part(head, head.authorityStart(), head.authorityEnd()) : field(head, "host");
    }

    private static byte[] field(RequestHead head, String lowerCaseName) {
        int field = head.find(lowerCaseName);
        return field < 0 ? NOTHING : part(head, head.valueStart(field), head.valueEnd(field));
    }

    private static byte[] part(RequestHead head, int start, int end) {
        return Arrays.copyOfRange(head.bytes(), start, Math.min(end, start + MOST_BYTES));
    }
}
