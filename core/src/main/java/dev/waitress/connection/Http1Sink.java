package dev.waitress.connection;

import dev.waitress.buffer.Segment;
import dev.waitress.exchange.ErrorAnswer;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.http1.Http1Writer;
import dev.waitress.loop.LoopResources;
import org.jspecify.annotations.Nullable;

/** Writes the answers of one connection, one after the other, as HTTP/1. Event loop only. */
final class Http1Sink implements ResponseSink {
    private final Connection connection;
    private final Inbox inbox;
    private final Outbox outbox;
    private final LoopResources resources;
    private final ServerName name;
    private final boolean sendsHints;
    private final Pipelined pipelined;

    /** Whether the client is to come back on another connection. */
    private boolean sendsAway;

    /** The form of the present answer. */
    private @Nullable Http1Writer writer;

    /** For what a client is answered whose next requests wait. */
    Http1Sink(Connection connection, Exchanges exchanges, Pipelined pipelined) {
        this.connection = connection;
        this.inbox = connection.inbox();
        this.outbox = connection.outbox();
        this.resources = connection.loop().resources();
        this.name = exchanges.name();
        this.sendsHints = exchanges.hintsInHttp1();
        this.pipelined = pipelined;
        this.sendsAway = connection.sendsAway();
    }

    /** From now on an answer ends the connection, unless more has come that is to be answered. */
    void sendAway() {
        sendsAway = true;
    }

    /** The next answer has this form. */
    void begin(Http1Writer form) {
        writer = form;
    }

    private Http1Writer form() {
        Http1Writer present = writer;
        if (present == null) {
            throw new IllegalStateException("nothing is answered");
        }
        return present;
    }

    @Override
    public void hints(ResponseHead hints) {
        if (sendsHints && form().completeHints(hints)) {
            outbox.write(hints.bytes(), hints.start(), hints.end() - hints.start());
        }
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        Http1Writer form = form();
        form.complete(head, body, isClosing(), resources.dateField(), name.serverField());
        outbox.write(head.bytes(), head.start(), head.end() - head.start());
        return form.keepsConnection();
    }

    /** A client that closed its side, or the server's end, leaves no request unanswered that has been received. */
    private boolean isClosing() {
        return pipelined.isEmpty() && (inbox.hasEnded() || sendsAway);
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        Http1Writer form = form();
        outbox.write(form.beforeBytes(length));
        outbox.write(bytes, offset, length);
        outbox.write(form.afterBytes());
    }

    @Override
    public void body(Segment segment) {
        Http1Writer form = form();
        outbox.write(form.beforeBytes(segment.remaining()));
        outbox.write(segment);
        outbox.write(form.afterBytes());
    }

    @Override
    public void end(boolean complete) {
        Http1Writer form = form();
        outbox.write(form.end());
        if (complete && form.keepsConnection()) {
            outbox.markDirty();
        } else {
            part();
        }
    }

    /** Lingers only where the client may be sending what nobody reads. */
    private void part() {
        boolean allIsRead = pipelined.isEmpty() && inbox.isWatched();
        connection.endBy(allIsRead ? Phase.CLOSING : Phase.PARTING);
    }

    @Override
    public void cut() {
        // Where the end of the connection is the end of the body, only a reset tells the client.
        connection.endAtOnce(form().endsWithConnection() ? Phase.RESETTING : Phase.CLOSING);
    }

    @Override
    public int error(Status status, String text, RequestId id) {
        int bodyBytes = refuse(status, text, id);
        part();
        return bodyBytes;
    }

    /** Sends an answer of the server's own, and leaves the connection as it is; returns the length of its body. */
    int refuse(Status status, String text, RequestId id) {
        Http1Writer form = form();
        byte[] body = ErrorAnswer.body(status, text, name);
        outbox.write(form.errorHead(status, body.length, resources.dateField(), name.serverField(), id.fields()));
        if (!form.sendsErrorBody()) {
            return 0;
        }
        outbox.write(body);
        return body.length;
    }
}
