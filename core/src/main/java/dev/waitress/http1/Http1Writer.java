package dev.waitress.http1;

import dev.waitress.http.Ascii;
import dev.waitress.http.BodyLength;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.util.Arrays;
import java.util.Locale;

/**
 * The form of one answer: what its head says of the connection, and how its body is framed. RFC 9112 §6 and §9. One
 * thread at a time.
 */
public final class Http1Writer {
    /** Sent where a client waits for it before it sends a body. RFC 9110 §10.1.1. */
    public static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

    private static final byte[] NOTHING = {};
    private static final byte[] LINE_END = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");
    private static final byte[][] VERSIONS = {Ascii.bytes("HTTP/1.0 "), Ascii.bytes("HTTP/1.1 ")};
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: Keep-Alive\r\n");

    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        /** The end of the connection is the end of the body: HTTP/1.0 has no chunks. */
        CLOSE
    }

    private final int minorVersion;
    private final boolean isHead;
    private final boolean keepAliveWanted;
    private Framing framing = Framing.NONE;
    private boolean keepsConnection;

    private Http1Writer(int minorVersion, boolean isHead, boolean keepAliveWanted) {
        this.minorVersion = minorVersion;
        this.isHead = isHead;
        this.keepAliveWanted = keepAliveWanted;
    }

    /** For the answer to a request. */
    public static Http1Writer to(RequestHead request) {
        return new Http1Writer(request.minorVersion(), request.isMethod("HEAD"), request.wantsKeepAlive());
    }

    /** For the answer to a request that is refused. */
    public static Http1Writer to(Rejection rejection) {
        return new Http1Writer(rejection.minorVersion(), rejection.headRequest(), false);
    }

    /**
     * Chooses the framing, and completes a head.
     *
     * @param closing whether the connection must not be used again
     * @param date a whole Date field, used unless the application sent one
     * @param server a whole Server field, or nothing
     */
    public void complete(ResponseHead head, BodyLength body, boolean closing, byte[] date, byte[] server) {
        framing = framingOf(body);
        keepsConnection = keepAliveWanted && framing != Framing.CLOSE && !closing;
        head.putFirst(VERSIONS[minorVersion]);
        if (isSaidToBeChunked(body)) {
            head.add(CHUNKED);
        }
        if (!head.hasDate()) {
            head.add(date);
        }
        if (!head.hasServer()) {
            head.add(server);
        }
        head.add(connection());
        head.add(LINE_END);
    }

    /**
     * Completes the head of an interim response.
     *
     * @return false if none may be sent: HTTP/1.0 has no such responses. RFC 9110 §15.2
     */
    public boolean completeHints(ResponseHead hints) {
        hints.putFirst(VERSIONS[minorVersion]);
        hints.add(LINE_END);
        return minorVersion > 0;
    }

    private Framing framingOf(BodyLength body) {
        return switch (body) {
            case NONE -> Framing.NONE;
            case STATED -> Framing.LENGTH;
            case OPEN -> minorVersion > 0 ? Framing.CHUNKED : Framing.CLOSE;
            case OMITTED -> minorVersion > 0 ? Framing.NONE : Framing.CLOSE;
        };
    }

    /** HEAD gets the head that GET would get, also where that is chunked. RFC 9110 §9.3.2. */
    private boolean isSaidToBeChunked(BodyLength body) {
        return framing == Framing.CHUNKED || body == BodyLength.OMITTED && minorVersion > 0;
    }

    /** What the client is told of the connection; nothing where it stays open as HTTP/1.1 has it. */
    private byte[] connection() {
        if (!keepsConnection) {
            return CLOSE;
        }
        return minorVersion == 0 ? KEEP_ALIVE : NOTHING;
    }

    /** Whether the connection stays open behind the answer, if that becomes complete. */
    public boolean keepsConnection() {
        return keepsConnection;
    }

    /** Whether a client takes the end of the connection for the end of the body. */
    public boolean endsWithConnection() {
        return framing == Framing.CLOSE;
    }

    /** What comes in front of so many bytes of the body. */
    public byte[] beforeBytes(long count) {
        return framing == Framing.CHUNKED
                ? Ascii.bytes(Long.toHexString(count).toUpperCase(Locale.ROOT) + "\r\n")
                : NOTHING;
    }

    /** What comes behind them. */
    public byte[] afterBytes() {
        return framing == Framing.CHUNKED ? LINE_END : NOTHING;
    }

    /** What ends the body. */
    public byte[] end() {
        return framing == Framing.CHUNKED ? LAST_CHUNK : NOTHING;
    }

    /** Whether an answer of the server itself has its body: not where only the head was asked for. */
    public boolean sendsErrorBody() {
        return !isHead;
    }

    /**
     * The head of an answer in the server's own name, behind which the connection is closed. It states the length of
     * the body also where that is left out.
     *
     * @param names whole fields that name the request, or nothing
     */
    public byte[] errorHead(Status status, int bodyBytes, byte[] date, byte[] server, byte[] names) {
        byte[] first = Ascii.bytes("HTTP/1." + minorVersion + " " + status.code() + " " + status.reason() + "\r\n"
                + "Connection: close\r\n"
                + "Content-Length: " + bodyBytes + "\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n");
        byte[] head = Arrays.copyOf(first, first.length + date.length + server.length + names.length + LINE_END.length);
        int end = first.length;
        for (byte[] part : new byte[][] {date, server, names, LINE_END}) {
            System.arraycopy(part, 0, head, end, part.length);
            end += part.length;
        }
        return head;
    }
}
