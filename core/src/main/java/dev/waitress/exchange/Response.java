package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import dev.waitress.http.Ascii;
import dev.waitress.http.Rejection;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, and the only writer of answers: it decides the framing, holds the body against what its
 * head says, and says whether the connection lives on. Event loop only.
 *
 * <pre>
 *          start               the last byte that the head announced, or end()
 *   OPEN ─────────► STARTED ─────────────────────────────────────────────────► ENDED
 *     │ refuse, fail   │ fail, client gone                                       ▲
 *     └────────────────┴─────────────────────────────────────────────────────────┘
 * </pre>
 */
public final class Response {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String INTERNAL_ERROR = "The server encountered an unexpected internal server error";
    private static final byte[] LINE_END = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private enum State {
        OPEN,
        STARTED,
        ENDED
    }

    private enum Framing {
        /** HEAD, 204, 205, 304: body bytes are dropped. */
        NO_BODY,
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private final ResponseSink sink;
    private final Identity identity;
    private final boolean headRequest;
    private final int minorVersion;
    private final boolean keepAliveWanted;

    private State state = State.OPEN;
    private Framing framing = Framing.NO_BODY;
    private boolean keepAlive;
    private String status = "";
    private boolean bodilessStatus;
    private long announced;
    private long written;
    /** Bytes of the body that the producer knows to have left. */
    private long reported;

    /** Bytes of the body that went to the client. */
    private long sent;

    private int statusCode;
    private boolean complete;
    private boolean warned;
    private @Nullable Producer producer;
    private boolean clientClosed;
    private final RequestId id;
    private ResponseObserver observer = ResponseObserver.NONE;

    /** The answer to a request that was accepted. */
    public Response(Request request, ResponseSink sink, Identity identity) {
        this.sink = sink;
        this.identity = identity;
        this.headRequest = request.head().isMethod("HEAD");
        this.minorVersion = request.head().minorVersion();
        this.keepAliveWanted = request.head().wantsKeepAlive();
        this.id = request.id();
    }

    /** Answers a request that is refused; returns the length of the answer's body. */
    public static int refuse(Rejection rejection, ResponseSink sink, Identity identity, RequestId id) {
        return sendError(
                rejection.rule().status(),
                rejection.text(),
                rejection.minorVersion(),
                !rejection.headRequest(),
                sink,
                identity,
                id);
    }

    private static int sendError(
            Status status,
            String text,
            int minorVersion,
            boolean withBody,
            ResponseSink sink,
            Identity identity,
            RequestId id) {
        byte[] body = ErrorAnswer.body(status, text, identity);
        byte[] head = ErrorAnswer.head(status, minorVersion, body.length, identity, sink.dateField(), id);
        sink.write(head, 0, head.length);
        if (withBody) {
            sink.write(body, 0, body.length);
        }
        sink.ended(false);
        return withBody ? body.length : 0;
    }

    /** Who is to see it. */
    public void observedBy(ResponseObserver newObserver) {
        observer = newObserver;
    }

    /** Who produces it, if anybody does yet. */
    public @Nullable Producer producer() {
        return producer;
    }

    /** Status of the head; 0 if none was sent. */
    public int statusCode() {
        return statusCode;
    }

    /** Bytes of the body that were sent, or lie in the buffers on the way to the client. */
    public long bodyBytes() {
        return sent;
    }

    /** Whether all of it was written, and so was not broken off. */
    public boolean isComplete() {
        return complete;
    }

    /** Whether the connection stays open behind it. */
    public boolean keepsConnection() {
        return complete && keepAlive;
    }

    /** Who is to be told how the response gets on. */
    public void producedBy(Producer newProducer) {
        producer = newProducer;
        if (clientClosed) {
            newProducer.clientClosed();
        }
    }

    /** Whether nothing more can be written: it was sent, or its client left. */
    public boolean hasEnded() {
        return state == State.ENDED;
    }

    public boolean hasStarted() {
        return state != State.OPEN;
    }

    /** Sends a whole response. */
    public void send(ResponseHead head, byte[] body, int offset, int length) {
        start(head, length);
        body(body, offset, length);
        end();
    }

    /**
     * Sends the head.
     *
     * @param head used during the call only
     * @param bodyBytes length of the body where it is known and the application stated none; else
     *     {@link ResponseHead#NO_LENGTH}
     */
    public void start(ResponseHead head, long bodyBytes) {
        if (state != State.OPEN) {
            return;
        }
        state = State.STARTED;
        bodilessStatus = head.isBodiless();
        framing = chooseFraming(head, bodyBytes);
        keepAlive = keepAliveWanted && framing != Framing.CLOSE && !sink.isClosing();
        if (bodilessStatus) {
            status = head.status();
        }
        statusCode = head.statusCode();
        id.addTo(head);
        head.finish(
                minorVersion,
                framing == Framing.CHUNKED || unframedHead(head),
                connection(),
                sink.dateField(),
                identity.serverField());
        sink.write(head.bytes(), 0, head.length());
        observer.started(head);
        if (framing == Framing.NO_BODY || framing == Framing.LENGTH && announced == 0) {
            finish();
        }
    }

    private Framing chooseFraming(ResponseHead head, long bodyBytes) {
        if (bodilessStatus) {
            // RFC 9110 §8.6: 304 may state the length of what it stands for, 204 must not.
            if (head.statusCode() == 204) {
                head.removeContentLength();
            } else if (head.statusCode() == 205) {
                head.setContentLength(0); // RFC 9110 §15.3.6: else the client waits for a body
            }
            return Framing.NO_BODY;
        }
        // An empty body says nothing to HEAD: many applications leave it out there.
        boolean deducible = bodyBytes != ResponseHead.NO_LENGTH && !(headRequest && bodyBytes == 0);
        if (head.contentLength() == ResponseHead.NO_LENGTH && deducible) {
            head.setContentLength(bodyBytes);
        }
        announced = head.contentLength();
        if (headRequest) {
            return announced == ResponseHead.NO_LENGTH && minorVersion == 0 ? Framing.CLOSE : Framing.NO_BODY;
        }
        if (announced != ResponseHead.NO_LENGTH) {
            return Framing.LENGTH;
        }
        return minorVersion > 0 ? Framing.CHUNKED : Framing.CLOSE;
    }

    /** RFC 9110 §9.3.2: HEAD gets the head that GET would get, also where that is chunked. */
    private boolean unframedHead(ResponseHead head) {
        return headRequest && minorVersion > 0 && !bodilessStatus && head.contentLength() == ResponseHead.NO_LENGTH;
    }

    private ResponseHead.Connection connection() {
        if (!keepAlive) {
            return ResponseHead.Connection.CLOSE;
        }
        return minorVersion == 0 ? ResponseHead.Connection.KEEP_ALIVE : ResponseHead.Connection.IMPLIED;
    }

    /** Sends bytes of the body; those beyond the announced length are dropped. */
    public void body(byte[] bytes, int offset, int length) {
        long count = admit(length);
        if (count > 0) {
            beginChunk(count);
            sink.write(bytes, offset, (int) count);
            endChunk();
        }
        passed(length, count);
    }

    /** Sends a part of the body that lies elsewhere, as {@link #body(byte[], int, int)}; closes it in any case. */
    public void body(Segment segment) {
        long length = segment.remaining();
        long count = admit(length);
        if (count > 0) {
            segment.truncate(count);
            beginChunk(count);
            sink.write(segment);
            endChunk();
        } else {
            drop(segment);
        }
        passed(length, count);
    }

    private static void drop(Segment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back a part of a body that is not sent", e);
        }
    }

    /** How many of so many bytes the client is to get. */
    private long admit(long length) {
        if (state == State.ENDED || headRequest) {
            return 0;
        }
        return framing == Framing.LENGTH ? Math.min(length, announced - written) : length;
    }

    private void beginChunk(long length) {
        if (framing == Framing.CHUNKED) {
            byte[] size = Ascii.bytes(Long.toHexString(length).toUpperCase(Locale.ROOT) + "\r\n");
            sink.write(size, 0, size.length);
        }
    }

    private void endChunk() {
        if (framing == Framing.CHUNKED) {
            sink.write(LINE_END, 0, LINE_END.length);
        }
    }

    /** Takes note of {@code length} bytes from the application, of which {@code count} went to the client. */
    private void passed(long length, long count) {
        written += length;
        sent += count;
        if (length > count) {
            warnOfSurplus();
            reportDrained(length - count);
        }
        if (state == State.STARTED && framing == Framing.LENGTH && written >= announced) {
            finish();
        }
    }

    private void warnOfSurplus() {
        if (warned || headRequest) {
            return;
        }
        if (bodilessStatus) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    "application-written content was ignored due to HTTP response that may not contain a message-body: ("
                            + status + ")");
        } else if (framing == Framing.LENGTH && written > announced) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    "application-written content exceeded the number of bytes specified by Content-Length header ("
                            + announced + ")");
        }
    }

    /** The body is complete. */
    public void end() {
        if (state != State.STARTED) {
            return;
        }
        if (framing == Framing.CHUNKED) {
            sink.write(LAST_CHUNK, 0, LAST_CHUNK.length);
        } else if (framing == Framing.LENGTH) {
            LOG.log(
                    Level.WARNING,
                    "application returned too few bytes (" + written + ") for specified Content-Length (" + announced
                            + ") via app_iter");
            keepAlive = false;
        }
        finish();
    }

    private void finish() {
        state = State.ENDED;
        complete = written >= announced || framing != Framing.LENGTH;
        sink.ended(keepAlive);
        observer.ended(this);
    }

    /**
     * The application failed: 500 if nothing was sent yet, else the connection is cut. Who calls has logged it.
     *
     * @param traceback shown to the client only where the settings expose it
     */
    public void fail(String traceback) {
        refuse(Status.INTERNAL_SERVER_ERROR, identity.exposeTracebacks() ? traceback : INTERNAL_ERROR);
    }

    /** Answers in the server's name if nothing was sent yet, else cuts the connection. */
    public void refuse(Status errorStatus, String text) {
        State before = state;
        state = State.ENDED;
        if (before == State.OPEN) {
            statusCode = errorStatus.code();
            complete = true;
            sent = sendError(errorStatus, text, minorVersion, !headRequest, sink, identity, id);
        } else if (before == State.STARTED) {
            // Where the end of the connection is the end of the body, only a reset tells the client.
            sink.cut(framing == Framing.CLOSE);
        }
        if (before != State.ENDED) {
            observer.ended(this);
        }
    }

    /** The channel tells how much of its output still waits. */
    public void flushed(long pendingBytes) {
        // What waits includes head and chunk framing, so this never reports too much.
        reportDrained(written - pendingBytes - reported);
    }

    private void reportDrained(long bytes) {
        if (producer != null && bytes > 0) {
            reported += bytes;
            producer.drained(bytes);
        }
    }

    /** The channel tells that its client has closed its side; whoever produces the response from now on learns it. */
    public void clientClosed() {
        clientClosed = true;
        if (producer != null) {
            producer.clientClosed();
        }
    }

    /** The channel tells that its client is gone. */
    public void clientGone() {
        if (state != State.ENDED) {
            state = State.ENDED;
            if (producer != null) {
                producer.clientGone();
            }
            observer.ended(this);
        }
    }
}
