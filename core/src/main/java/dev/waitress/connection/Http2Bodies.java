package dev.waitress.connection;

import dev.waitress.http.Rule;
import dev.waitress.http2.Allowance;
import dev.waitress.http2.ErrorCode;
import dev.waitress.http2.Fault;
import dev.waitress.http2.FrameWriter;
import dev.waitress.http2.ServerSettings;
import dev.waitress.http2.Window;
import org.jspecify.annotations.Nullable;

/**
 * What comes of the bodies of requests on one connection, within the windows that the client was told. Event loop only.
 */
final class Http2Bodies {
    /** What is used up before the client is told: half of a window, so that it never has to wait. */
    private static final int STREAM_STEP = ServerSettings.STREAM_WINDOW / 2;

    private static final int CONNECTION_STEP = ServerSettings.CONNECTION_WINDOW / 2;

    /** Bytes that make up for one frame that asks for nothing. */
    private static final int BYTES_OF_USE = 512;

    private final Http2Means means;
    private final Http2Streams streams;
    private final Http2Requests requests;
    private final Http2Output output;
    private final Allowance allowance;

    private final Window receiving = new Window(ServerSettings.CONNECTION_WINDOW);
    private int unacknowledged;
    private long received;

    /** The stream of the present DATA frame; null if nobody wants its bytes. */
    private @Nullable Http2Stream target;

    private int frameBytes;

    Http2Bodies(Http2Means means, Http2Streams streams, Http2Requests requests, Allowance allowance) {
        this.means = means;
        this.streams = streams;
        this.requests = requests;
        this.output = requests.output();
        this.allowance = allowance;
    }

    /** Bytes that have come. */
    long received() {
        return received;
    }

    /** Whether the rest of a DATA frame is still to come. */
    boolean isInside() {
        return target != null;
    }

    /** A DATA frame begins. */
    @Nullable
    Fault begin(int id, int bytes) {
        received += bytes;
        target = null;
        frameBytes = bytes;
        if (!receiving.take(bytes)) {
            return new Fault(ErrorCode.FLOW_CONTROL_ERROR, "more than the window of the connection");
        }
        unacknowledged += bytes;
        if (unacknowledged >= CONNECTION_STEP) {
            output.frame(FrameWriter.windowUpdate(0, unacknowledged));
            receiving.open(unacknowledged);
            unacknowledged = 0;
        }
        Http2Stream stream = streams.find(id);
        if (stream == null) {
            return streams.strayFault(id);
        }
        if (!stream.isReceiving) {
            return requests.reset(stream, ErrorCode.STREAM_CLOSED);
        }
        if (!stream.receiving.take(bytes)) {
            return requests.reset(stream, ErrorCode.FLOW_CONTROL_ERROR);
        }
        target = stream;
        return null;
    }

    /** Some of its bytes. */
    @Nullable
    Fault add(byte[] bytes, int start, int count) {
        Http2Stream stream = target;
        Upload upload = stream == null ? null : stream.upload;
        if (stream == null || upload == null || count == 0) {
            return null;
        }
        if (!upload.mayTake(count)) {
            target = null;
            return requests.reset(stream, ErrorCode.PROTOCOL_ERROR);
        }
        allowance.giveBack(count / BYTES_OF_USE);
        Rule broken = upload.take(bytes, start, count, means.limits());
        if (broken != null) {
            String detail = broken == Rule.BODY_TOO_LARGE
                    ? String.valueOf(means.limits().maxBodyBytes())
                    : "";
            requests.refuse(stream, upload, broken, detail);
        }
        return null;
    }

    /** It has ended. */
    @Nullable
    Fault end(boolean endsStream) {
        Http2Stream stream = target;
        target = null;
        if (stream == null || !stream.isOpen) {
            return null;
        }
        if (endsStream) {
            stream.isReceiving = false;
            return requests.complete(stream);
        }
        stream.unacknowledged += frameBytes;
        if (stream.unacknowledged >= STREAM_STEP && stream.upload != null) {
            output.frame(FrameWriter.windowUpdate(stream.id, stream.unacknowledged));
            stream.receiving.open(stream.unacknowledged);
            stream.unacknowledged = 0;
        }
        return null;
    }
}
