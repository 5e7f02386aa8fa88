package dev.waitress.http2;

import dev.waitress.http.ByteArrays;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The frames in the bytes of one connection, from the preface on. The same bytes give the same calls, however they are
 * cut into pieces, but that data comes in as many pieces as it does. RFC 9113 §3.4, §4 and §6. One thread at a time.
 *
 * <pre>
 *   PREFACE ──► HEADER ──► PAYLOAD ──────────────────────► HEADER
 *                  └─────► PAD_LENGTH ──► DATA ──► PADDING ──┘
 * </pre>
 */
public final class FrameReader {
    private enum State {
        PREFACE,
        HEADER,
        PAYLOAD,
        PAD_LENGTH,
        DATA,
        PADDING
    }

    private static final byte[] NOTHING = {};

    private final FrameListener listener;
    private final Allowance allowance;
    private final FieldBlock block;
    private final FramePayload payloads;

    private final byte[] header = new byte[FrameType.HEADER_BYTES];
    private State state = State.PREFACE;

    /** Bytes of the preface, a header or a payload that have come, where all of them are waited for. */
    private int collected;

    private byte[] payload = NOTHING;
    private boolean settingsSeen;

    /** Frames so far, but those that go on with a block; and the preface. */
    private long units;

    // The present frame.
    private int length;
    private int type;
    private int flags;
    private int stream;

    /** Bytes of its data, then of its padding, that are still to come. */
    private int left;

    private int padding;

    /**
     * One that has read nothing yet.
     *
     * @param allowance for frames that cost their sender nothing
     * @param mostBlockBytes of a field block, as it is sent
     */
    public FrameReader(FrameListener listener, Allowance allowance, int mostBlockBytes) {
        this.listener = listener;
        this.allowance = allowance;
        this.block = new FieldBlock(listener, allowance, mostBlockBytes);
        this.payloads = new FramePayload(listener, allowance);
    }

    /**
     * What has begun that should be over soon: the preface, a field block, or a frame that is no data. Each has a
     * number of its own; 0 if there is none.
     */
    public long unit() {
        if (block.isOpen() || state == State.PAYLOAD) {
            return units;
        }
        return collected > 0 || state == State.PREFACE ? units + 1 : 0;
    }

    /** Bytes that it holds on to, for the sake of frames and blocks that are still to be completed. */
    public int heldBytes() {
        return payload.length + block.heldBytes();
    }

    /** Reads all of the bytes; what they have broken, if anything: then the rest is left. */
    public @Nullable Fault read(ByteBuffer in) {
        Fault fault = null;
        while (in.hasRemaining() && fault == null) {
            fault = switch (state) {
                case PREFACE -> preface(in);
                case HEADER -> header(in);
                case PAYLOAD -> payload(in);
                case PAD_LENGTH -> padLength(in);
                case DATA -> data(in);
                case PADDING -> padding(in);
            };
        }
        return fault;
    }

    private @Nullable Fault preface(ByteBuffer in) {
        while (in.hasRemaining() && collected < Preface.length()) {
            if (!Preface.isAt(collected++, in.get())) {
                return Fault.protocol("the connection preface is not that of HTTP/2");
            }
        }
        if (collected == Preface.length()) {
            collected = 0;
            units++;
            state = State.HEADER;
        }
        return null;
    }

    private @Nullable Fault header(ByteBuffer in) {
        int count = Math.min(in.remaining(), header.length - collected);
        in.get(header, collected, count);
        collected += count;
        if (collected < header.length) {
            return null;
        }
        collected = 0;
        units += block.isOpen() ? 0 : 1;
        length = (header[0] & 0xFF) << 16 | (header[1] & 0xFF) << 8 | header[2] & 0xFF;
        type = header[3];
        flags = header[4];
        stream = FramePayload.int31(header, 5);
        return begin();
    }

    private @Nullable Fault begin() {
        if (length > FrameType.MOST_PAYLOAD) {
            return Fault.size("a frame of " + length + " bytes");
        }
        if (!settingsSeen && (type != FrameType.SETTINGS || (flags & FrameType.ACK) != 0)) {
            return Fault.protocol("the first frame is not SETTINGS");
        }
        settingsSeen = true;
        Fault fault = block.admits(type, stream);
        if (fault != null) {
            return fault;
        }
        if (type == FrameType.DATA) {
            return beginData();
        }
        state = State.PAYLOAD;
        return length == 0 ? end(NOTHING, 0) : null;
    }

    private @Nullable Fault payload(ByteBuffer in) {
        if (collected == 0 && in.remaining() >= length) {
            int start = in.arrayOffset() + in.position();
            in.position(in.position() + length);
            return end(in.array(), start);
        }
        payload = ByteArrays.withRoom(payload, length);
        int count = Math.min(in.remaining(), length - collected);
        in.get(payload, collected, count);
        collected += count;
        if (collected < length) {
            return null;
        }
        byte[] whole = payload;
        payload = NOTHING;
        return end(whole, 0);
    }

    private @Nullable Fault end(byte[] bytes, int start) {
        collected = 0;
        state = State.HEADER;
        return switch (type) {
            case FrameType.HEADERS -> block.begin(stream, flags, bytes, start, start + length);
            case FrameType.CONTINUATION -> block.goOn(flags, bytes, start, start + length);
            default -> payloads.read(type, flags, stream, bytes, start, length);
        };
    }

    // ---- Data ------------------------------------------------------------------------------------------------------

    private @Nullable Fault beginData() {
        if (stream == 0) {
            return Fault.protocol("DATA on no stream");
        }
        boolean isPadded = (flags & FrameType.PADDED) != 0;
        if (isPadded && length == 0) {
            return Fault.size("DATA without the length of its padding");
        }
        boolean isOfUse = length > 0 || (flags & FrameType.END_STREAM) != 0;
        if ((!isOfUse || isPadded) && !allowance.take()) {
            return Fault.flood("too many frames without data");
        }
        Fault fault = listener.dataBegins(stream, length);
        left = length;
        padding = 0;
        state = isPadded ? State.PAD_LENGTH : State.DATA;
        return fault == null && length == 0 ? endData() : fault;
    }

    private @Nullable Fault padLength(ByteBuffer in) {
        padding = in.get() & 0xFF;
        left -= 1 + padding;
        if (left < 0) {
            return Fault.protocol("more padding than there are bytes in DATA");
        }
        state = State.DATA;
        return endDataIfOver();
    }

    private @Nullable Fault data(ByteBuffer in) {
        int count = Math.min(in.remaining(), left);
        int start = in.arrayOffset() + in.position();
        in.position(in.position() + count);
        left -= count;
        Fault fault = listener.data(in.array(), start, count);
        return fault == null ? endDataIfOver() : fault;
    }

    private @Nullable Fault endDataIfOver() {
        if (left > 0) {
            return null;
        }
        left = padding;
        state = State.PADDING;
        return padding == 0 ? endData() : null;
    }

    private @Nullable Fault padding(ByteBuffer in) {
        int count = Math.min(in.remaining(), left);
        in.position(in.position() + count);
        left -= count;
        return left == 0 ? endData() : null;
    }

    private @Nullable Fault endData() {
        state = State.HEADER;
        return listener.dataEnds((flags & FrameType.END_STREAM) != 0);
    }
}
