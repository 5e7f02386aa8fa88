package dev.waitress.exchange;

import dev.waitress.buffer.Segment;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request: it decides what is sent, and holds the body against what its head says
 * ({@link AnnouncedBody}); how that looks on the wire is up to its sink. Event loop only.
 *
 * <pre>
 *          start               the last byte that the head announced, or end()
 *   OPEN ─────────► STARTED ─────────────────────────────────────────────────► ENDED
 *     │ refuse, fail   │ fail, client gone                                       ▲
 *     └────────────────┴─────────────────────────────────────────────────────────┘
 * </pre>
 */
public final class Response {
    private static final String INTERNAL_ERROR = "The server encountered an unexpected internal server error";
    private static final String TOO_LONG = "The application took longer for this request than it may";
    private static final String TOO_MANY = "Too many requests wait for the application";

    /** Interim responses to a request that are sent, also if more than one worker has run it. */
    public static final int MOST_HINTS = 16;

    private enum State {
        OPEN,
        STARTED,
        ENDED
    }

    private final ResponseSink sink;
    private final ServerName name;
    private final AnnouncedBody body;
    private State state = State.OPEN;
    private int hinted;
    private final Account account = new Account();
    private final Backchannel backchannel = new Backchannel();
    /** Whether its client left before its end, and its producer goes on. */
    private boolean isAbandoned;

    private final RequestId id;
    private final Peer peer;

    /** Of a request that was accepted. */
    public Response(Request request, ResponseSink sink, ServerName name) {
        this(request, sink, name, request.id(), request.peer());
    }

    private Response(Request request, ResponseSink sink, ServerName name, RequestId id, Peer peer) {
        this.sink = sink;
        this.name = name;
        this.body = new AnnouncedBody(request.head().isMethod("HEAD"));
        this.id = id;
        this.peer = peer;
    }

    /**
     * Of a request that another loop has accepted, where its client and its observers are: what the server says itself
     * is added there.
     */
    public static Response relayed(Request request, ResponseSink sink, ServerName name) {
        return new Response(request, sink, name, RequestId.NONE, Peer.UNKNOWN);
    }

    /** The observer is told about its head and its end. */
    public void observedBy(ResponseObserver newObserver) {
        account.observedBy(newObserver);
    }

    /** Who produces it, if anybody does yet. */
    public @Nullable Producer producer() {
        return backchannel.producer();
    }

    /** What is known of it for those who observe it. */
    public Account account() {
        return account;
    }

    /** Who is to be told how the response gets on. */
    public void producedBy(Producer newProducer) {
        account.producedBy(newProducer);
        backchannel.leadTo(newProducer);
    }

    /** Who produced it died; another one is to do so from the beginning, or the server answers. */
    public void lost() {
        account.lost();
    }

    /** Whether nothing more can be written: it was sent, or its client left. */
    public boolean hasEnded() {
        return state == State.ENDED;
    }

    public boolean hasStarted() {
        return state != State.OPEN;
    }

    /** Tells the client fields, used during the call only, before the head; nothing behind that, or of too many. */
    public void hint(ResponseHead hints) {
        if (state == State.OPEN && hinted < MOST_HINTS) {
            hinted++;
            sink.hints(hints);
        }
    }

    /** Sends a whole response. */
    public void send(ResponseHead head, byte[] bytes, int offset, int count) {
        start(head, count);
        body(bytes, offset, count);
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
        body.announce(head, bodyBytes);
        id.addTo(head);
        peer.addTo(head);
        account.started(head, sink.head(head, body.length()));
        if (body.isEmpty()) {
            finish();
        }
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

    /** Takes note of {@code count} bytes from the application, of which {@code admitted} went to the client. */
    private void passed(long count, long admitted) {
        body.passed(count, admitted);
        if (count > admitted) {
            backchannel.drained(count - admitted);
        }
        if (state == State.STARTED && body.isFull()) {
            finish();
        }
    }

    /** How many of so many bytes the client is to get. */
    private long admit(long count) {
        return state == State.ENDED ? 0 : body.admit(count);
    }

    /** The body is complete. */
    public void end() {
        release();
        if (state != State.STARTED) {
            return;
        }
        body.warnIfShort();
        finish();
    }

    /** The same where another loop has held the body against the head, and has said what is wrong. */
    public void endAsSaid() {
        release();
        if (state == State.STARTED) {
            finish();
        }
    }

    private void finish() {
        state = State.ENDED;
        boolean isComplete = body.isComplete();
        sink.end(isComplete);
        account.ended(body.sent(), isComplete, producer());
    }

    /**
     * The application failed: 500 if nothing was sent yet, else the connection is cut. Who calls has logged it.
     *
     * @param traceback shown to the client only where the settings expose it
     */
    public void fail(String traceback) {
        if (state != State.ENDED) {
            account.failed(traceback);
        }
        refuse(Status.INTERNAL_SERVER_ERROR, name.exposeTracebacks() ? traceback : INTERNAL_ERROR);
    }

    /** Answers in the server's name if nothing was sent yet, else cuts the connection. */
    public void refuse(Status errorStatus, String text) {
        release();
        settle(errorStatus, text);
    }

    private void settle(Status errorStatus, String text) {
        State before = state;
        state = State.ENDED;
        if (before == State.OPEN) {
            account.refused(errorStatus);
            account.ended(sink.error(errorStatus, text, id), true, producer());
        } else if (before == State.STARTED) {
            sink.cut();
            account.ended(body.sent(), false, producer());
        }
    }

    /**
     * The application has taken too long: 504 if nothing was sent yet, else the connection is cut. What it answers from
     * now on nobody reads.
     *
     * @return what that was, for logs
     */
    public String expire() {
        State before = state;
        if (before == State.ENDED) {
            return "nobody waits for it";
        }
        settle(Status.GATEWAY_TIMEOUT, TOO_LONG);
        backchannel.clientGone();
        return before == State.OPEN ? "answered with 504" : "its connection is cut";
    }

    /** Answers in the server's name, where nobody has begun the request, that its client may ask again in a while. */
    public void postpone() {
        postpone(TOO_MANY);
    }

    /** The same for another reason. */
    public void postpone(String reason) {
        if (state == State.OPEN) {
            account.answeredAs(Status.SERVICE_UNAVAILABLE);
        }
        byte[] body = ErrorAnswer.body(Status.SERVICE_UNAVAILABLE, reason, name);
        send(RetryLater.head(), body, 0, body.length);
    }

    /** The channel tells how much still waits, head and framing included, so that it never reports too much. */
    public void flushed(long pendingBytes) {
        backchannel.drainedUpTo(body.written() - pendingBytes);
    }

    /** Another loop, where the client is, tells that so much has left since. */
    public void drained(long bytes) {
        backchannel.drained(bytes);
    }

    /** The channel tells that all of it has left for the client, perhaps in the very call that ends it. */
    public void left() {
        account.left();
    }

    /** The channel tells that its client has closed its side; whoever produces the response from now on learns it. */
    public void clientClosed() {
        backchannel.clientClosed();
    }

    /** The channel tells that its client is gone. */
    public void clientGone() {
        if (state != State.ENDED) {
            state = State.ENDED;
            isAbandoned = true;
            backchannel.clientGone();
            account.ended(body.sent(), false, producer());
        }
    }

    /** Nobody works for it any more, as whoever did tells by its end; the client may have left long before. */
    public void release() {
        if (isAbandoned) {
            isAbandoned = false;
            sink.released();
        }
    }
}
