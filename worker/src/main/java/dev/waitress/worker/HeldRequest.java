package dev.waitress.worker;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Response;
import dev.waitress.worker.wire.Batch;
import java.util.Arrays;

/** A request that a worker holds, and its response. Event loop only. */
final class HeldRequest implements Producer {
    final int id;
    final Response response;
    private final Worker worker;
    private final BodyBuffer body;
    private final Batch batch;
    private final int start;
    private final int end;
    private long uncredited;
    private boolean clientGone;
    private final long begunNanos;

    /** The request lies in the batch between {@code start} and {@code end}. */
    HeldRequest(int id, Worker worker, Response response, BodyBuffer body, Batch batch, int start, int end) {
        this.id = id;
        this.worker = worker;
        this.response = response;
        this.body = body;
        this.batch = batch;
        this.start = start;
        this.end = end;
        this.begunNanos = worker.nowNanos();
        response.producedBy(this);
    }

    Batch batch() {
        return batch;
    }

    BodyBuffer body() {
        return body;
    }

    /** The request as it was before it was given to the worker. */
    WaitingRequest pending() {
        return new WaitingRequest(response, body, Arrays.copyOfRange(batch.writer.bytes(), start, end));
    }

    @Override
    public String name() {
        return worker.name();
    }

    @Override
    public long begunNanos() {
        return begunNanos;
    }

    @Override
    public void drained(long bytes) {
        uncredited += bytes;
        // Small credits would be a message for every few blocks; the worker stops only when all of its credit is used.
        if (uncredited >= worker.creditStep()) {
            worker.orders.credit(id, (int) Math.min(uncredited, Integer.MAX_VALUE));
            uncredited = 0;
        }
    }

    @Override
    public void clientGone() {
        clientGone = true;
        worker.orders.clientGone(id);
    }

    @Override
    public void clientClosed() {
        worker.orders.clientClosed(id);
    }

    /** A block came although the client is gone: the word crossed the request on its way, so it is given again. */
    void remindOfClientGone() {
        if (clientGone) {
            worker.orders.clientGone(id);
        }
    }
}
