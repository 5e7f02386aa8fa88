package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.http.Printable;
import dev.waitress.http.ResponseHead;
import dev.waitress.worker.wire.AnswerReader;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.EncodedRequest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that a worker holds, and its response. Event loop only. */
final class HeldRequest implements Producer, AnswerReader.Target {
    private static final Logger LOG = System.getLogger("waitress");

    /**
     * The worker, as the requests that it holds see it.
     *
     * @param number its name for the server
     * @param process where it runs
     * @param creditStep bytes that must have left for the client before the worker is told
     * @param streams told of each whose response comes piece by piece
     * @param finished told of each request that is answered
     */
    record Holder(
            int number,
            WorkerProcess process,
            long creditStep,
            ControlWriter control,
            Handover handover,
            UnknownStatuses statuses,
            Runnable streams,
            Consumer<HeldRequest> finished) {}

    final int id;
    final Response response;
    private final Holder holder;
    private final BodyBuffer body;
    private final EncodedPlace place;
    private final long arrivedNanos;
    private final long begunNanos;
    private long uncredited;
    private boolean clientLeft;
    private boolean isStreaming;
    private boolean isOverdue;
    private @Nullable Consumer<String> whenLocated;

    /** A request that was encoded for its worker. */
    HeldRequest(
            int id,
            Holder holder,
            Response response,
            BodyBuffer body,
            EncodedPlace place,
            long arrivedNanos,
            long begunNanos) {
        this.id = id;
        this.holder = holder;
        this.response = response;
        this.body = body;
        this.place = place;
        this.arrivedNanos = arrivedNanos;
        this.begunNanos = begunNanos;
        response.producedBy(this);
    }

    EncodedPlace place() {
        return place;
    }

    BodyBuffer body() {
        return body;
    }

    /** The request as it was before it was given to the worker. */
    WaitingRequest takeBack() {
        return new WaitingRequest(response, body, place.copy(), arrivedNanos);
    }

    /** The same for another worker, which it tells that another one has begun it. */
    WaitingRequest takeBackBegun() {
        response.lost();
        return new WaitingRequest(response, body, EncodedRequest.again(place.copy()), arrivedNanos);
    }

    /** Whether it may run once more: nobody has seen an answer, and nobody is harmed. */
    boolean isRepeatable() {
        return !response.hasStarted() && request().isRepeatable();
    }

    /** It has run for too long; returns what becomes of its client, for logs. */
    String expire() {
        isOverdue = true;
        return response.expire();
    }

    /** Whether it has run for too long, and nobody waits for it any more. */
    boolean isOverdue() {
        return isOverdue;
    }

    /** What it asks for. */
    EncodedRequest request() {
        byte[] encoded = place.copy();
        return EncodedRequest.read(encoded, 0, encoded.length);
    }

    // ---- What the client does ---------------------------------------------------------------------------------------

    @Override
    public String name() {
        return holder.number + "/" + holder.process.pid();
    }

    @Override
    public String line() {
        return request().line();
    }

    @Override
    public long begunNanos() {
        return begunNanos;
    }

    @Override
    public void locate(Consumer<String> told) {
        whenLocated = told;
        holder.control.where(id);
    }

    /** The worker has said where it is; nothing if no thread has it. */
    void located(String stack) {
        if (whenLocated != null) {
            whenLocated.accept(stack);
        }
    }

    @Override
    public void drained(long bytes) {
        uncredited += bytes;
        // Small credits would be a message for every few blocks; the worker stops only when all of its credit is used.
        if (uncredited >= holder.creditStep) {
            holder.control.credit(id, (int) Math.min(uncredited, Integer.MAX_VALUE));
            uncredited = 0;
        }
    }

    @Override
    public void clientGone() {
        clientLeft = true;
        holder.control.clientLeft(id);
    }

    @Override
    public void clientClosed() {
        holder.control.clientClosed(id);
    }

    // ---- What the worker answers ------------------------------------------------------------------------------------

    /** If the client has left, the word of it crossed the request on its way, and is given again. */
    @Override
    public void streams() {
        if (!isStreaming) {
            isStreaming = true;
            holder.streams.run();
        }
        if (clientLeft) {
            holder.control.clientLeft(id);
        }
    }

    /** Whether its response is on its way piece by piece. */
    boolean isStreaming() {
        return isStreaming;
    }

    @Override
    public void head(ResponseHead head, long bodyBytes) {
        holder.statuses.note(head);
        response.start(head, bodyBytes);
    }

    @Override
    public void hints(ResponseHead hints) {
        response.hint(hints);
    }

    @Override
    public void malformed(String reason) {
        LOG.log(Level.ERROR, "the application's response is not HTTP: " + Printable.of(reason));
        response.fail(reason);
    }

    @Override
    public void body(byte[] bytes, int from, int count) {
        response.body(bytes, from, count);
    }

    @Override
    public void file(String name, long position, long count) {
        try {
            response.body(holder.handover.part(name, position, count, () -> holder.control.fileSent(id)));
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot open the file of a response", e);
            holder.control.fileSent(id);
            response.fail("");
        }
    }

    @Override
    public void block(int slot, int count) {
        response.body(holder.handover.block(slot, count));
    }

    @Override
    public void laid(@Nullable ResponseHead head, int start, int count) {
        Segment laid = holder.handover.laid(start, count); // first: the client hears of it only if it is there
        if (head != null) {
            head(head, count);
        }
        response.body(laid);
    }

    @Override
    public void end() {
        response.end();
        holder.finished.accept(this);
    }

    @Override
    public void fail(String traceback) {
        response.fail(traceback);
        holder.finished.accept(this);
    }
}
