package dev.waitress.connection;

import dev.waitress.http.Syntax;
import dev.waitress.http2.Preface;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A connection on which HTTP/1 and HTTP/2 may be spoken, until its first bytes tell: no request of HTTP/1 begins as the
 * preface of HTTP/2 does. RFC 9113 §3.3. Event loop only.
 */
final class ProtocolChoice implements ProtocolHandler {
    private static final String HTTP = "http/";
    private static final int VERSION_BYTES = "HTTP/1.1".length();

    private final Connection connection;
    private final Deadlines deadlines;
    private final Function<Connection, ProtocolHandler> http1;
    private final Function<Connection, ProtocolHandler> http2;

    /** Bytes that have come, all of them those of the preface. */
    private int seen;

    private long begunNanos;

    ProtocolChoice(
            Connection connection,
            Deadlines deadlines,
            Function<Connection, ProtocolHandler> http1,
            Function<Connection, ProtocolHandler> http2) {
        this.connection = connection;
        this.deadlines = deadlines;
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    public void received(ByteBuffer in) {
        begunNanos = seen == 0 ? connection.loop().nowNanos() : begunNanos;
        int before = seen;
        int start = in.position();
        while (in.hasRemaining() && seen < Preface.length()) {
            if (!Preface.isAt(seen, in.get())) {
                in.position(start);
                choose(before == 0 && namesNoVersion(in) ? http2 : http1, before, in);
                return;
            }
            seen++;
        }
        if (seen == Preface.length()) {
            in.position(start);
            choose(http2, before, in);
        }
    }

    /**
     * Whether the first line is here, and cannot be that of a request of HTTP/1: then it is a preface of HTTP/2 that is
     * wrong, which that answers (RFC 9113 §3.4). Empty lines say nothing.
     */
    private static boolean namesNoVersion(ByteBuffer in) {
        int start = in.arrayOffset() + in.position();
        int end = in.arrayOffset() + in.limit();
        int lineEnd = Syntax.findLineEnd(in.array(), start, end);
        int version = lineEnd - VERSION_BYTES;
        return lineEnd > start
                && lineEnd < end
                && (version < start || !Syntax.equalsIgnoreCase(in.array(), version, version + HTTP.length(), HTTP));
    }

    /** What came before, which nobody has kept, is known: it is the start of the preface. */
    private void choose(Function<Connection, ProtocolHandler> protocol, int before, ByteBuffer in) {
        connection.handledBy(protocol, connection.peer());
        if (before > 0) {
            connection.receive(ByteBuffer.wrap(Preface.start(before)));
        }
        connection.receive(in);
    }

    @Override
    public void enforceDeadlines(long nowNanos) {
        if (seen == 0 || deadlines.brokenByHead(nowNanos - begunNanos) == null) {
            return;
        }
        connection.move();
        if (connection.isHandledBy(this)) {
            connection.close();
        }
    }

    @Override
    public boolean isIdle() {
        return seen == 0;
    }
}
