package dev.waitress.exchange;

import dev.waitress.http.Rejection;

/**
 * A request that was refused before it was complete, and its answer.
 *
 * @param line its first line, as far as it has come
 * @param firstByteNanos when it began to come
 * @param bodyBytes length of the answer's body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Refusal(Peer peer, byte[] line, long firstByteNanos, Rejection rejection, int bodyBytes, RequestId id) {}
