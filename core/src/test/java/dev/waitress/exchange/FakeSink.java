package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import dev.waitress.http.BodyLength;
import dev.waitress.http.RequestHead;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.http1.Http1Writer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;

/** Keeps what a response writes, as HTTP/1, and how it ended. */
public final class FakeSink implements ResponseSink {
    private static final byte[] DATE = "Date: Mon, 23 Nov 2026 13:33:07 GMT\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Http1Writer writer;
    private final ServerName name;
    private final boolean closing;
    private String end = "running";

    public FakeSink(RequestHead request, ServerName name, boolean closing) {
        this.writer = Http1Writer.to(request);
        this.name = name;
        this.closing = closing;
    }

    /** The bytes, then {@code --}, then how it ended: running, open, closed, cut or reset. */
    public String outcome() {
        return written.toString(StandardCharsets.ISO_8859_1) + "--" + end;
    }

    @Override
    public void hints(ResponseHead hints) {
        if (writer.completeHints(hints)) {
            written.write(hints.bytes(), hints.start(), hints.end() - hints.start());
        }
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        writer.complete(head, body, closing, DATE, name.serverField());
        written.write(head.bytes(), head.start(), head.end() - head.start());
        return writer.keepsConnection();
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        written.writeBytes(writer.beforeBytes(length));
        written.write(bytes, offset, length);
        written.writeBytes(writer.afterBytes());
    }

    @Override
    public void body(Segment segment) {
        written.writeBytes(writer.beforeBytes(segment.remaining()));
        try (segment) {
            segment.writeTo(Channels.newChannel(written));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written.writeBytes(writer.afterBytes());
    }

    @Override
    public void end(boolean complete) {
        written.writeBytes(writer.end());
        end = complete && writer.keepsConnection() ? "open" : "closed";
    }

    @Override
    public void cut() {
        end = writer.endsWithConnection() ? "reset" : "cut";
    }

    @Override
    public int error(Status status, String text, RequestId id) {
        byte[] body = ErrorAnswer.body(status, text, name);
        written.writeBytes(writer.errorHead(status, body.length, DATE, name.serverField(), id.fields()));
        end = "closed";
        if (!writer.sendsErrorBody()) {
            return 0;
        }
        written.writeBytes(body);
        return body.length;
    }

    @Override
    public void released() {
        end += ", released";
    }
}
