package dev.waitress.log;

import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What a line says of a request, complete or refused.
 *
 * @param head null if it was refused
 * @param line its first line; read from the head if there is one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Asked(@Nullable RequestHead head, byte[] line, byte[] remoteAddress, Peer peer, RequestId id, long wallMillis) {
    private static final byte[] NOTHING = {};

    static Asked of(Request request, long wallMillis) {
        return new Asked(request.head(), NOTHING, request.remoteAddress(), request.peer(), request.id(), wallMillis);
    }

    static Asked of(Refusal refusal, long wallMillis) {
        byte[] address = Ascii.bytes(refusal.peer().remoteAddress());
        return new Asked(null, refusal.line(), address, refusal.peer(), refusal.id(), wallMillis);
    }
}
