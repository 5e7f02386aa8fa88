package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request: it decides what is sent, and holds the body against what its head says; how that looks on
 * the wire is up to its sink. Event loop only.
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

    private enum State {
        OPEN,
        STARTED,
        ENDED
    }

    private final ResponseSink sink;
    private final ServerName name;
    private final boolean headRequest;

    private State state = State.OPEN;
    private BodyLength length = BodyLength.NONE;
    private boolean keepsConnection;
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
    public Response(Request request, ResponseSink sink, ServerName name) {
        this.sink = sink;
        this.name = name;
        this.headRequest = request.head().isMethod("HEAD");
        this.id = request.id();
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
        return complete && keepsConnection;
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
    public void send(ResponseHead head, byte[] body, int offset, int count) {
        start(head, count);
        body(body, offset, count);
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
        length = measure(head, bodyBytes);
        if (bodilessStatus) {
            status = head.status();
        }
        statusCode = head.statusCode();
        id.addTo(head);
        keepsConnection = sink.head(head, length);
        observer.started(head);
        if (length == BodyLength.NONE
                || length == BodyLength.OMITTED
                || length == BodyLength.STATED && announced == 0) {
            finish();
        }
    }

    private BodyLength measure(ResponseHead head, long bodyBytes) {
        if (bodilessStatus) {
            // RFC 9110 §8.6: 304 may state the length of what it stands for, 204 must not.
            if (head.statusCode() == 204) {
                head.removeContentLength();
            } else if (head.statusCode() == 205) {
                head.setContentLength(0); // RFC 9110 §15.3.6: else the client waits for a body
            }
            return BodyLength.NONE;
        }
        // An empty body says nothing to HEAD: many applications leave it out there.
        boolean deducible = bodyBytes != ResponseHead.NO_LENGTH && !(headRequest && bodyBytes == 0);
        if (head.contentLength() == ResponseHead.NO_LENGTH && deducible) {
            head.setContentLength(bodyBytes);
        }
        announced = head.contentLength();
        if (announced == ResponseHead.NO_LENGTH) {
            return headRequest ? BodyLength.OMITTED : BodyLength.OPEN;
        }
        return headRequest ? BodyLength.NONE : BodyLength.STATED;
    }

    /** Sends bytes of the body; those beyond the announced length are dropped. */
    public void body(byte[] bytes, int offset, int count) {
        long admitted = admit(count);
        if (admitted > 0) {
            sink.body(bytes, offset, (int) admitted);
        }
        passed(count, admitted);
    }

    /** Sends a part of the body that lies elsewhere, as {@link #body(byte[], int, int)}; closes it in any case. */
    public void body(Segment segment) {
        long count = segment.remaining();
        long admitted = admit(count);
        if (admitted > 0) {
            segment.truncate(admitted);
            sink.body(segment);
        } else {
            segment.discard();
        }
        passed(count, admitted);
    }

    /** How many of so many bytes the client is to get. */
    private long admit(long count) {
        if (state == State.ENDED || headRequest) {
            return 0;
        }
        return length == BodyLength.STATED ? Math.min(count, announced - written) : count;
    }

    /** Takes note of {@code count} bytes from the application, of which {@code admitted} went to the client. */
    private void passed(long count, long admitted) {
        written += count;
        sent += admitted;
        if (count > admitted) {
            warnOfSurplus();
            reportDrained(count - admitted);
        }
        if (state == State.STARTED && length == BodyLength.STATED && written >= announced) {
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
        } else if (length == BodyLength.STATED && written > announced) {
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
        if (length == BodyLength.STATED) {
            LOG.log(
                    Level.WARNING,
                    "application returned too few bytes (" + written + ") for specified Content-Length (" + announced
                            + ") via app_iter");
        }
        finish();
    }

    private void finish() {
        state = State.ENDED;
        complete = written >= announced || length != BodyLength.STATED;
        sink.end(complete);
        observer.ended(this);
    }

    /**
     * The application failed: 500 if nothing was sent yet, else the connection is cut. Who calls has logged it.
     *
     * @param traceback shown to the client only where the settings expose it
     */
    public void fail(String traceback) {
        refuse(Status.INTERNAL_SERVER_ERROR, name.exposeTracebacks() ? traceback : INTERNAL_ERROR);
    }

    /** Answers in the server's name if nothing was sent yet, else cuts the connection. */
    public void refuse(Status errorStatus, String text) {
        State before = state;
        state = State.ENDED;
        if (before == State.OPEN) {
            statusCode = errorStatus.code();
            complete = true;
            sent = sink.error(errorStatus, text, id);
        } else if (before == State.STARTED) {
            sink.cut();
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
