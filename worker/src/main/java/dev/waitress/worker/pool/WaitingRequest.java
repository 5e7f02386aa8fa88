package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Response;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A request that waits for a worker. It holds nothing any more once its client is gone. Event loop only. */
public final class WaitingRequest implements Producer {
    /** Where the id's value is: behind the tuple's code and length and the integer's code. */
    static final int ID = 1 + 4 + 1;

    private static final byte[] NOTHING = {};

    private final Response response;
    private final BodyBuffer body;
    private final long arrivedNanos;
    private byte[] encoded;

    /**
     * A request and its response.
     *
     * @param encoded whole, as by {@link EncodedPlace#copy}, the id still to be set
     */
    WaitingRequest(Response response, BodyBuffer body, byte[] encoded, long arrivedNanos) {
        this.response = response;
        this.body = body;
        this.arrivedNanos = arrivedNanos;
        this.encoded = encoded;
        response.producedBy(this);
    }

    Response response() {
        return response;
    }

    BodyBuffer body() {
        return body;
    }

    byte[] encoded() {
        return encoded;
    }

    /** When it came, whoever has held it since. */
    long arrivedNanos() {
        return arrivedNanos;
    }

    /** Nobody will answer it. */
    void drop() {
        encoded = NOTHING;
        close(body);
        response.release();
    }

    /** Lets go of the body of a request that nobody will answer. */
    static void close(BodyBuffer body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void drained(long bytes) {
        // there is no response yet
    }

    @Override
    public void clientGone() {
        drop();
    }
}
