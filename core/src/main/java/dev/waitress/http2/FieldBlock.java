package dev.waitress.http2;

import dev.waitress.http.ByteArrays;
import org.jspecify.annotations.Nullable;

/**
 * A block of fields, which a HEADERS frame begins and CONTINUATION frames go on with; nothing comes between them. RFC
 * 9113 §6.2 and §6.10. One thread at a time.
 */
final class FieldBlock {
    /** A block that fills them all is larger than every limit but the largest that can be set. */
    private static final int MOST_CONTINUATIONS = 64;

    private static final int PRIORITY_BYTES = 5;
    private static final byte[] NOTHING = {};

    private final FrameListener listener;
    private final Allowance allowance;
    private final int mostBytes;

    /** The stream of the block that has not ended; 0 if there is none. */
    private int stream;

    private boolean endsStream;
    private byte[] bytes = NOTHING;
    private int length;
    private int continuations;

    FieldBlock(FrameListener listener, Allowance allowance, int mostBytes) {
        this.listener = listener;
        this.allowance = allowance;
        this.mostBytes = mostBytes;
    }

    boolean isOpen() {
        return stream != 0;
    }

    /** What it takes up in memory. */
    int heldBytes() {
        return bytes.length;
    }

    /** Whether a frame may come now; what it breaks, if not. */
    @Nullable
    Fault admits(int type, int ofStream) {
        if (isOpen() && (type != FrameType.CONTINUATION || ofStream != stream)) {
            return Fault.protocol("a frame between those of a field block");
        }
        if (!isOpen() && type == FrameType.CONTINUATION) {
            return Fault.protocol("CONTINUATION without HEADERS");
        }
        return null;
    }

    /** The payload of HEADERS. */
    @Nullable
    Fault begin(int ofStream, int flags, byte[] payload, int from, int to) {
        if (ofStream == 0) {
            return Fault.protocol("HEADERS on no stream");
        }
        boolean isPadded = (flags & FrameType.PADDED) != 0;
        boolean isPrioritized = (flags & FrameType.PRIORITIZED) != 0;
        int start = from + (isPadded ? 1 : 0) + (isPrioritized ? PRIORITY_BYTES : 0);
        if (start > to) {
            return Fault.size("HEADERS without its fixed part");
        }
        int end = to - (isPadded ? payload[from] & 0xFF : 0);
        if (end < start) {
            return Fault.protocol("more padding than there are bytes in HEADERS");
        }
        if (isPrioritized && FramePayload.int31(payload, start - PRIORITY_BYTES) == ofStream) {
            // RFC 9113 §5.3.1 leaves it open; RFC 7540 §5.3.1 forbids it.
            return Fault.protocol("a stream that depends on itself");
        }
        stream = ofStream;
        endsStream = (flags & FrameType.END_STREAM) != 0;
        length = 0;
        continuations = 0;
        return add(flags, payload, start, end);
    }

    /** The payload of CONTINUATION. */
    @Nullable
    Fault goOn(int flags, byte[] payload, int from, int to) {
        continuations++;
        if (continuations > MOST_CONTINUATIONS || from == to && !allowance.take()) {
            return Fault.flood("too many CONTINUATION frames");
        }
        return add(flags, payload, from, to);
    }

    private @Nullable Fault add(int flags, byte[] payload, int from, int to) {
        if (length + to - from > mostBytes) {
            return Fault.flood("a field block of more than " + mostBytes + " bytes");
        }
        boolean ends = (flags & FrameType.END_HEADERS) != 0;
        if (ends && length == 0) {
            return end(payload, from, to);
        }
        bytes = ByteArrays.withRoom(bytes, length + to - from);
        System.arraycopy(payload, from, bytes, length, to - from);
        length += to - from;
        return ends ? end(bytes, 0, length) : null;
    }

    private @Nullable Fault end(byte[] source, int from, int to) {
        int ended = stream;
        stream = 0;
        bytes = NOTHING;
        return listener.headers(ended, source, from, to, endsStream);
    }
}
