package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;

/** Keeps what a response writes, and how it ended. */
final class FakeSink implements ResponseSink {
    private static final byte[] DATE = "Date: Mon, 23 Nov 2026 13:33:07 GMT\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private String end = "running";
    private final boolean closing;

    FakeSink(boolean closing) {
        this.closing = closing;
    }

    /** The bytes, then {@code --}, then how it ended: running, open, closed, cut or reset. */
    String outcome() {
        return written.toString(StandardCharsets.ISO_8859_1) + "--" + end;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written.write(bytes, offset, length);
    }

    @Override
    public void write(Segment segment) {
        try (segment) {
            segment.writeTo(Channels.newChannel(written));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void ended(boolean reusable) {
        end = reusable ? "open" : "closed";
    }

    @Override
    public void cut(boolean reset) {
        end = reset ? "reset" : "cut";
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public byte[] dateField() {
        return DATE;
    }
}
