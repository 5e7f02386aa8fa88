package dev.waitress.http2;

import dev.waitress.http.Ascii;

/** The frames that a server sends. RFC 9113 §6. */
public final class FrameWriter {
    /** Bytes before the payload of a frame. */
    public static final int HEADER_BYTES = FrameType.HEADER_BYTES;

    /** Most bytes of a payload, which every client takes. */
    public static final int MOST_PAYLOAD = FrameType.MOST_PAYLOAD;

    private static final int MOST_REASON = 200;

    private FrameWriter() {}

    private static byte[] frame(int payloadBytes, int type, int flags, int stream) {
        byte[] frame = new byte[HEADER_BYTES + payloadBytes];
        putHeader(frame, 0, payloadBytes, type, flags, stream);
        return frame;
    }

    private static void putHeader(byte[] target, int at, int payloadBytes, int type, int flags, int stream) {
        target[at] = (byte) (payloadBytes >>> 16);
        target[at + 1] = (byte) (payloadBytes >>> 8);
        target[at + 2] = (byte) payloadBytes;
        target[at + 3] = (byte) type;
        target[at + 4] = (byte) flags;
        putInt(target, at + 5, stream);
    }

    private static void putInt(byte[] target, int at, int value) {
        target[at] = (byte) (value >>> 24);
        target[at + 1] = (byte) (value >>> 16);
        target[at + 2] = (byte) (value >>> 8);
        target[at + 3] = (byte) value;
    }

    /** SETTINGS with pairs of id and value. */
    public static byte[] settings(int... pairs) {
        byte[] frame = frame(pairs.length / 2 * 6, FrameType.SETTINGS, 0, 0);
        for (int i = 0; i < pairs.length; i += 2) {
            int at = HEADER_BYTES + 3 * i;
            frame[at] = (byte) (pairs[i] >>> 8);
            frame[at + 1] = (byte) pairs[i];
            putInt(frame, at + 2, pairs[i + 1]);
        }
        return frame;
    }

    /** The answer to SETTINGS. */
    public static byte[] settingsAck() {
        return frame(0, FrameType.SETTINGS, FrameType.ACK, 0);
    }

    /** A ping of ours, or the answer to one. */
    public static byte[] ping(boolean isAck, byte[] bytes, int start) {
        byte[] frame = frame(8, FrameType.PING, isAck ? FrameType.ACK : 0, 0);
        System.arraycopy(bytes, start, frame, HEADER_BYTES, 8);
        return frame;
    }

    /** The client may send so many bytes more, on a stream or on all of them (0). */
    public static byte[] windowUpdate(int stream, int more) {
        return frameOfInt(FrameType.WINDOW_UPDATE, stream, more);
    }

    /** Nothing more comes on a stream, and nothing is read of it. */
    public static byte[] reset(int stream, ErrorCode code) {
        return frameOfInt(FrameType.RST_STREAM, stream, code.onWire());
    }

    private static byte[] frameOfInt(int type, int stream, int value) {
        byte[] frame = frame(4, type, 0, stream);
        putInt(frame, HEADER_BYTES, value);
        return frame;
    }

    /** Streams above the last one are not served. */
    public static byte[] goAway(int lastStream, ErrorCode code, String reason) {
        byte[] text = Ascii.bytes(reason.substring(0, Math.min(reason.length(), MOST_REASON)));
        byte[] frame = frame(8 + text.length, FrameType.GOAWAY, 0, 0);
        putInt(frame, HEADER_BYTES, lastStream);
        putInt(frame, HEADER_BYTES + 4, code.onWire());
        System.arraycopy(text, 0, frame, HEADER_BYTES + 8, text.length);
        return frame;
    }

    /** A block of fields, in as many frames as it needs. */
    public static byte[] headers(int stream, byte[] block, int length, boolean endsStream) {
        int frames = Math.max(1, (length + MOST_PAYLOAD - 1) / MOST_PAYLOAD);
        byte[] out = new byte[length + frames * HEADER_BYTES];
        int at = 0;
        for (int done = 0, i = 0; i < frames; i++) {
            int count = Math.min(MOST_PAYLOAD, length - done);
            int flags =
                    (i == 0 && endsStream ? FrameType.END_STREAM : 0) | (i == frames - 1 ? FrameType.END_HEADERS : 0);
            putHeader(out, at, count, i == 0 ? FrameType.HEADERS : FrameType.CONTINUATION, flags, stream);
            System.arraycopy(block, done, out, at + HEADER_BYTES, count);
            at += HEADER_BYTES + count;
            done += count;
        }
        return out;
    }

    /** Puts the header of a DATA frame before its payload. */
    public static void putDataHeader(byte[] target, int at, int stream, int bytes, boolean endsStream) {
        putHeader(target, at, bytes, FrameType.DATA, endsStream ? FrameType.END_STREAM : 0, stream);
    }

    /** A DATA frame without data, which ends a stream. */
    public static byte[] end(int stream) {
        return frame(0, FrameType.DATA, FrameType.END_STREAM, stream);
    }
}
