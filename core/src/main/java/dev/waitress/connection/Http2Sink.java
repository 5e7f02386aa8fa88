package dev.waitress.connection;

import dev.waitress.buffer.Segment;
import dev.waitress.exchange.ErrorAnswer;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Ascii;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.http2.HpackEncoder;

/** Writes the answer of one stream as HTTP/2. Event loop only. */
final class Http2Sink implements ResponseSink {
    /** Whose stream is answered. */
    interface Owner {
        /** Nothing more is added to the answer. */
        void answered(Http2Stream stream);

        /** The answer cannot be finished. */
        void cut(Http2Stream stream);

        /** The application has ended whose client had left before. */
        void released();
    }

    private static final long UNKNOWN = -1;
    private static final byte[] PLAIN_TEXT = Ascii.bytes("content-type: text/plain; charset=utf-8\r\n");

    private final Http2Stream stream;
    private final Http2Output output;
    private final Http2Heads heads;
    private final Connection connection;
    private final ServerName name;
    private final Owner owner;

    /** Bytes of the body that are still to come; {@link #UNKNOWN} where the head does not say. */
    private long left = UNKNOWN;

    /** Whether the client knows that nothing more comes. */
    private boolean endIsSaid;

    Http2Sink(
            Http2Stream stream,
            Http2Output output,
            Http2Heads heads,
            Connection connection,
            ServerName name,
            Owner owner) {
        this.stream = stream;
        this.output = output;
        this.heads = heads;
        this.connection = connection;
        this.name = name;
        this.owner = owner;
    }

    @Override
    public void hints(ResponseHead hints) {
        HpackEncoder encoder = heads.begin(hints.statusCode());
        encoder.fields(hints);
        output.frame(encoder.headers(stream.id, false));
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        HpackEncoder encoder = heads.begin(head.statusCode());
        encoder.fields(head);
        if (!head.hasDate()) {
            encoder.lines(connection.loop().resources().dateField());
        }
        if (!head.hasServer()) {
            encoder.lines(name.serverField());
        }
        left = body == BodyLength.STATED ? head.contentLength() : body == BodyLength.OPEN ? UNKNOWN : 0;
        endIsSaid = left == 0;
        output.frame(encoder.headers(stream.id, endIsSaid));
        return true;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        output.data(stream, bytes, offset, length, isLast(length));
    }

    @Override
    public void body(Segment segment) {
        output.data(stream, segment, isLast(segment.remaining()));
    }

    /** Whether these bytes are the last ones, so that the frame which brings them can say so. */
    private boolean isLast(long bytes) {
        if (left == UNKNOWN) {
            return false;
        }
        left -= bytes;
        endIsSaid = left == 0;
        return endIsSaid;
    }

    @Override
    public void end(boolean complete) {
        owner.answered(stream);
        if (!endIsSaid) {
            output.end(stream, complete);
        } else if (stream.waiting.isEmpty()) {
            output.ended(stream);
        }
    }

    @Override
    public void cut() {
        owner.cut(stream);
    }

    @Override
    public void released() {
        owner.released();
    }

    @Override
    public int error(Status status, String text, RequestId id) {
        byte[] body = ErrorAnswer.body(status, text, name);
        boolean hasBody = !stream.isHead;
        HpackEncoder encoder = heads.begin(status.code());
        encoder.lines(Ascii.bytes("content-length: " + body.length + "\r\n"));
        encoder.lines(PLAIN_TEXT);
        encoder.lines(connection.loop().resources().dateField());
        encoder.lines(name.serverField());
        encoder.lines(id.fields());
        output.frame(encoder.headers(stream.id, !hasBody));
        owner.answered(stream);
        if (hasBody) {
            output.data(stream, body, 0, body.length, true);
        }
        if (stream.waiting.isEmpty()) {
            output.ended(stream);
        }
        return hasBody ? body.length : 0;
    }
}
