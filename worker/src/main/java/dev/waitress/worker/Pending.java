package dev.waitress.worker;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.gateway.Response;

/**
 * A request that waits for a worker.
 *
 * @param encoded {@code (id, environ, body)}, the id still to be set
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pending(Response response, BodyBuffer body, byte[] encoded) {
    /** Where the id's value is: behind the tuple's code and length and the integer's code. */
    static final int ID = 1 + 4 + 1;
}
