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
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;

/**
 * Where the requests of all connections of a loop go.
 *
 * @param gateway who answers
 * @param observer who sees them
 * @param ids what requests are called that have no head
 * @param name how the server names itself
 * @param lookahead requests of a connection that are taken while another one of it runs; key
 *     {@code channel_request_lookahead}
 * @param hintsInHttp1 whether clients of HTTP/1.1 are sent interim responses; key {@code http1_early_hints}
 */
record Exchanges(
        Gateway gateway,
        RequestObserver observer,
        RequestIds ids,
        ServerName name,
        int lookahead,
        boolean hintsInHttp1) {
    Exchanges(Gateway gateway, RequestObserver observer, RequestIds ids, ServerName name, Settings settings) {
        this(
                gateway,
                observer,
                ids,
                name,
                settings.getInt(Setting.CHANNEL_REQUEST_LOOKAHEAD),
                settings.get(Setting.HTTP1_EARLY_HINTS));
    }

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
