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
import org.jspecify.annotations.Nullable;

/** Writes the answers of one connection, one after the other, as HTTP/1. Event loop only. */
final class Http1Sink implements ResponseSink {
    /** Whose requests are answered. */
    interface Owner {
        /** Whether something else has come already that is to be answered. */
        boolean hasMore();

        /** The answer has ended, and the request with it. */
        void answered();
    }

    private final Connection connection;
    private final ServerName name;
    private final boolean sendsHints;
    private final Owner owner;

    /** The form of the present answer. */
    private @Nullable Http1Writer writer;

    Http1Sink(Connection connection, ServerName name, boolean sendsHints, Owner owner) {
        this.connection = connection;
        this.name = name;
        this.sendsHints = sendsHints;
        this.owner = owner;
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
            connection.outbox().write(hints.bytes(), hints.start(), hints.end() - hints.start());
        }
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        Http1Writer form = form();
        form.complete(head, body, isClosing(), connection.dateField(), name.serverField());
        connection.outbox().write(head.bytes(), head.start(), head.end() - head.start());
        return form.keepsConnection();
    }

    /** A client that closed its side, or the server's end, leaves no request unanswered that has been received. */
    private boolean isClosing() {
        return !owner.hasMore() && (connection.inbox().hasEnded() || connection.sendsAway());
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        Http1Writer form = form();
        connection.outbox().write(form.beforeBytes(length));
        connection.outbox().write(bytes, offset, length);
        connection.outbox().write(form.afterBytes());
    }

    @Override
    public void body(Segment segment) {
        Http1Writer form = form();
        connection.outbox().write(form.beforeBytes(segment.remaining()));
        connection.outbox().write(segment);
        connection.outbox().write(form.afterBytes());
    }

    @Override
    public void end(boolean complete) {
        Http1Writer form = form();
        connection.outbox().write(form.end());
        owner.answered();
        if (complete && form.keepsConnection()) {
            connection.outbox().markDirty();
        } else {
            part();
        }
    }

    /** Lingers only where the client may be sending what nobody reads. */
    private void part() {
        boolean allIsRead = !owner.hasMore() && connection.inbox().isWatched();
        connection.endBy(allIsRead ? Phase.CLOSING : Phase.PARTING);
    }

    @Override
    public void cut() {
        owner.answered();
        // Where the end of the connection is the end of the body, only a reset tells the client.
        connection.endAtOnce(form().endsWithConnection() ? Phase.RESETTING : Phase.CLOSING);
    }

    @Override
    public int error(Status status, String text, RequestId id) {
        int bodyBytes = refuse(status, text, id);
        owner.answered();
        part();
        return bodyBytes;
    }

    /** Sends an answer of the server's own, and leaves the connection as it is; returns the length of its body. */
    int refuse(Status status, String text, RequestId id) {
        Http1Writer form = form();
        byte[] body = ErrorAnswer.body(status, text, name);
        connection
                .outbox()
                .write(form.errorHead(status, body.length, connection.dateField(), name.serverField(), id.fields()));
        if (!form.sendsErrorBody()) {
            return 0;
        }
        connection.outbox().write(body);
        return body.length;
    }
}
