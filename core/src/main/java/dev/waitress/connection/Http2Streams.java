package dev.waitress.connection;

import dev.waitress.http2.ErrorCode;
import dev.waitress.http2.Fault;
import dev.waitress.http2.StreamIds;
import dev.waitress.http2.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection: which of them live, how many an application is at work on, whoever may have left, and
 * when there are too many. Event loop only.
 */
final class Http2Streams {
    private final int most;

    private final Map<Integer, Http2Stream> open = new LinkedHashMap<>();
    private final StreamIds ids = new StreamIds();

    /** Streams whose application has not ended, and whose client waits for it. */
    private int atWork;

    /** Streams that are no more, and whose application goes on. */
    private int abandoned;

    Http2Streams(int most) {
        this.most = most;
    }

    StreamIds ids() {
        return ids;
    }

    /** The one of this id, if it lives. */
    @Nullable
    Http2Stream find(int id) {
        return open.get(id);
    }

    /** What a frame says of a stream that does not live, if that breaks a rule. RFC 9113 §5.1. */
    @Nullable
    Fault strayFault(int id) {
        return switch (ids.of(id)) {
            case IDLE -> new Fault(ErrorCode.PROTOCOL_ERROR, "a frame on stream " + id + ", which has not begun");
            case GONE, ENDED -> new Fault(ErrorCode.STREAM_CLOSED, "a frame on stream " + id + ", which has ended");
            case CUT -> null;
        };
    }

    /** Whether no other may begin: a stream counts until its application has ended, whoever reset it. */
    boolean areFull() {
        return open.size() + abandoned >= most;
    }

    boolean areEmpty() {
        return open.isEmpty();
    }

    void add(Http2Stream stream) {
        open.put(stream.id, stream);
    }

    /** Those that live now; what is done to them may end some. */
    List<Http2Stream> snapshot() {
        return List.copyOf(open.values());
    }

    // ---- Who is at work --------------------------------------------------------------------------------------------

    boolean areAtWork() {
        return atWork > 0;
    }

    void begins(Http2Stream stream) {
        stream.isAtWork = true;
        atWork++;
    }

    /** Its application has ended, or is of no account any more. */
    void ends(Http2Stream stream) {
        if (stream.isAtWork) {
            stream.isAtWork = false;
            atWork--;
        }
    }

    /** The application of a stream has ended that was no more. */
    void released() {
        abandoned--;
    }

    /**
     * The stream is no more; whoever still answers is told.
     *
     * @param isCut whether the client may still send on it, not knowing that
     */
    void close(Http2Stream stream, boolean isCut) {
        if (open.remove(stream.id) == null) {
            return;
        }
        ids.end(stream.id, isCut);
        boolean wasAtWork = stream.isAtWork;
        ends(stream);
        stream.close();
        if (wasAtWork && stream.response != null) {
            abandoned++; // first: the answer may be released at once
            stream.response.clientGone();
        }
    }

    /** All of them, and the connection. */
    void closeAll() {
        snapshot().forEach(stream -> close(stream, true));
    }

    /** The client has made all windows larger, or smaller; false if one of them is too large now. */
    boolean openWindows(long more) {
        boolean fit = true;
        for (Http2Stream stream : open.values()) {
            Window window = stream.sending;
            fit &= window.open(more);
        }
        return fit;
    }
}
