package dev.waitress.connection;

import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import dev.waitress.http2.Allowance;
import dev.waitress.http2.ErrorCode;
import dev.waitress.http2.Fault;
import dev.waitress.http2.FieldSink;
import dev.waitress.http2.FrameListener;
import dev.waitress.http2.FrameWriter;
import dev.waitress.http2.HeadAssembly;
import dev.waitress.http2.HpackDecoder;
import dev.waitress.http2.PeerSettings;
import dev.waitress.http2.ServerSettings;
import dev.waitress.http2.StreamIds;
import dev.waitress.http2.TrailerFields;
import dev.waitress.http2.Window;
import dev.waitress.proxy.Forwarding;
import dev.waitress.proxy.ForwardingOutcome;
import org.jspecify.annotations.Nullable;

/** Makes requests of the frames of one connection. Event loop only. */
final class Http2Intake implements FrameListener {
    /** Who is told of what concerns the connection, and no stream. */
    interface Owner {
        /** The client has what was sent before our ping. */
        void pingAnswered();

        /** The client opens no more streams. */
        void clientLeaves();
    }

    /**
     * Bytes for a socket that may wait when a request comes: heads wait for no window, and a client may ask for them
     * alone.
     */
    private static final long MOST_UNREAD = 4 * 1024 * 1024;

    private final Connection connection;
    private final Http2Means means;
    private final Http2Streams streams;
    private final Http2Requests requests;
    private final Http2Output output;
    private final Allowance allowance;
    private final Owner owner;
    private final Http2Bodies bodies;

    private final HpackDecoder decoder = new HpackDecoder();
    private final PeerSettings settings;
    private boolean takesNoMore;

    Http2Intake(
            Connection connection,
            Http2Means means,
            Http2Streams streams,
            Http2Requests requests,
            Allowance allowance,
            Owner owner) {
        this.connection = connection;
        this.means = means;
        this.streams = streams;
        this.requests = requests;
        this.output = requests.output();
        this.settings = requests.heads().settings();
        this.allowance = allowance;
        this.owner = owner;
        this.bodies = new Http2Bodies(means, streams, requests, allowance);
    }

    /** Bytes that are held for the sake of later heads. */
    int heldBytes() {
        return decoder.heldBytes();
    }

    /** What comes of their bodies. */
    Http2Bodies bodies() {
        return bodies;
    }

    /** What begins from now on is not served; the client has been told so. */
    void takeNoMore() {
        takesNoMore = true;
    }

    // ---- Heads -----------------------------------------------------------------------------------------------------

    @Override
    public @Nullable Fault headers(int id, byte[] block, int start, int end, boolean endsStream) {
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            return trailers(stream, block, start, end, endsStream);
        }
        if (!streams.ids().mayBegin(id)) {
            Fault stray = streams.strayFault(id);
            return stray == null ? decoder.decode(block, start, end, FieldSink.NOBODY) : stray;
        }
        streams.ids().begin(id);
        if (connection.outbox().size() > MOST_UNREAD) {
            return Fault.flood("answers that are never read");
        }
        if (takesNoMore || streams.areFull()) {
            return turnAway(id, block, start, end);
        }
        HeadAssembly heads = means.heads();
        heads.begin();
        Fault fault = decoder.decode(block, start, end, heads);
        return fault == null ? begin(id, heads, heads.end(endsStream), endsStream) : fault;
    }

    private @Nullable Fault turnAway(int id, byte[] block, int start, int end) {
        streams.ids().end(id, true);
        Fault fault = decoder.decode(block, start, end, FieldSink.NOBODY);
        if (fault == null && !takesNoMore) {
            output.frame(FrameWriter.reset(id, ErrorCode.REFUSED_STREAM));
            return allowance.take() ? null : Fault.flood("too many streams at once");
        }
        return fault;
    }

    private @Nullable Fault begin(int id, HeadAssembly heads, boolean isWellFormed, boolean endsStream) {
        long nowNanos = connection.loop().nowNanos();
        Http2Stream stream = new Http2Stream(
                id,
                new Window(settings.initialWindow()),
                new Window(ServerSettings.STREAM_WINDOW),
                means.output(),
                means.lease(),
                nowNanos);
        stream.isReceiving = !endsStream;
        streams.add(stream);
        if (!isWellFormed) {
            return requests.reset(stream, ErrorCode.PROTOCOL_ERROR);
        }
        if (heads.rejection() != null) {
            requests.refuse(stream, new Arrival.Refused(heads.rejection(), heads.line(), nowNanos));
            return null;
        }
        return begin(stream, endsStream ? heads.head() : heads.head().detach(), endsStream);
    }

    /** The head is as it should be; perhaps it is all of the request. */
    private @Nullable Fault begin(Http2Stream stream, RequestHead head, boolean endsStream) {
        ForwardingOutcome reading = means.readProxyFields(head, connection.peer(), requests.peerIsTrusted());
        Forwarding forwarding = reading instanceof Forwarding believed ? believed : Forwarding.NONE;
        Upload upload = new Upload(
                head, forwarding, means.intake().bodies(), connection.loop().nowNanos(), bodies.received());
        stream.upload = upload;
        if (reading instanceof ForwardingOutcome.Malformed malformed) {
            requests.refuse(stream, upload, Rule.PROXY_HEADER, malformed.header());
        } else if (endsStream) {
            return requests.complete(stream);
        } else if (!stream.lease.resizeTo(Http2Stream.OWN_BYTES + head.length())) {
            requests.refuse(stream, upload, Rule.NO_MEMORY, "");
        } else if (head.expectsContinue()) {
            output.frame(requests.heads().begin(100).headers(stream.id, false));
        }
        return null;
    }

    private @Nullable Fault trailers(Http2Stream stream, byte[] block, int start, int end, boolean endsStream) {
        int most = means.limits().maxTrailerBytes();
        TrailerFields trailers = new TrailerFields(most);
        Fault fault = decoder.decode(block, start, end, trailers);
        if (fault != null) {
            return fault;
        }
        if (!stream.isReceiving) {
            return requests.reset(stream, ErrorCode.STREAM_CLOSED);
        }
        if (!endsStream || trailers.areMalformed()) {
            return requests.reset(stream, ErrorCode.PROTOCOL_ERROR);
        }
        stream.isReceiving = false;
        Upload upload = stream.upload;
        if (upload != null && trailers.areTooLarge()) {
            requests.refuse(stream, upload, Rule.TRAILER_TOO_LARGE, String.valueOf(most));
            return null;
        }
        return requests.complete(stream);
    }

    // ---- Bodies ----------------------------------------------------------------------------------------------------

    @Override
    public @Nullable Fault dataBegins(int id, int bytes) {
        return bodies.begin(id, bytes);
    }

    @Override
    public @Nullable Fault data(byte[] bytes, int start, int count) {
        return bodies.add(bytes, start, count);
    }

    @Override
    public @Nullable Fault dataEnds(boolean endsStream) {
        return bodies.end(endsStream);
    }

    // ---- All else --------------------------------------------------------------------------------------------------

    @Override
    public @Nullable Fault reset(int id) {
        Http2Stream stream = streams.find(id);
        return stream == null ? idleFault(id) : requests.cancelled(stream);
    }

    /** Who speaks of a stream that has ended may not know that yet. */
    private @Nullable Fault idleFault(int id) {
        return streams.ids().last() < id || id % 2 == 0 ? streams.strayFault(id) : null;
    }

    @Override
    public @Nullable Fault setting(int id, long value) {
        long before = settings.initialWindow();
        Fault fault = settings.apply(id, value);
        long more = settings.initialWindow() - before;
        if (fault == null && more != 0) {
            if (!streams.openWindows(more)) {
                return new Fault(ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
            }
            streams.snapshot().forEach(output::enqueue);
        }
        return fault;
    }

    @Override
    public @Nullable Fault settingsEnd() {
        return answer(FrameWriter.settingsAck());
    }

    @Override
    public @Nullable Fault ping(byte[] bytes, int start) {
        return answer(FrameWriter.ping(true, bytes, start));
    }

    private @Nullable Fault answer(byte[] frame) {
        return output.answer(frame) ? null : Fault.flood("answers that are never read");
    }

    @Override
    public void pingAnswered() {
        owner.pingAnswered();
    }

    @Override
    public void goAway() {
        owner.clientLeaves();
    }

    @Override
    public @Nullable Fault windowOpens(int id, int bytes) {
        Http2Stream stream = id == 0 ? null : streams.find(id);
        if (id == 0) {
            return output.window().open(bytes)
                    ? null
                    : new Fault(ErrorCode.FLOW_CONTROL_ERROR, "a window of the connection that is too large");
        }
        if (stream == null) {
            return idleFault(id);
        }
        if (!stream.sending.open(bytes)) {
            return requests.reset(stream, ErrorCode.FLOW_CONTROL_ERROR);
        }
        output.enqueue(stream);
        return null;
    }

    @Override
    public @Nullable Fault streamFault(int id, ErrorCode code) {
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            return requests.reset(stream, code);
        }
        boolean isCut = streams.ids().of(id) == StreamIds.Standing.CUT;
        return isCut ? null : new Fault(code, "a frame that breaks a rule on stream " + id);
    }
}
