package dev.waitress.connection;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.exchange.ServerName;

/**
 * Where the requests of all connections of a loop go.
 *
 * @param gateway who answers
 * @param observer who sees them
 * @param ids what requests are called that have no head
 * @param name how the server names itself
 * @param lookahead requests of a connection that are taken while another one of it runs; key
 *     {@code channel_request_lookahead}
 */
record Exchanges(Gateway gateway, RequestObserver observer, RequestIds ids, ServerName name, int lookahead) {
    /** The answer to a request, which nobody has been asked for yet. */
    Response begin(Request request, ResponseSink sink) {
        Response response = new Response(request, sink, name);
        response.observedBy(observer.accepted(request));
        return response;
    }

    /** A request was refused, and that was answered. */
    void refused(Peer peer, Arrival.Refused refused, int bodyBytes, RequestId id) {
        observer.refused(
                new Refusal(peer, refused.line(), refused.firstByteNanos(), refused.rejection(), bodyBytes, id));
    }
}
