package dev.waitress.http2;

import org.jspecify.annotations.Nullable;

/** Frames that are read as a whole, all but HEADERS and CONTINUATION. RFC 9113 §6. One thread at a time. */
final class FramePayload {
    private static final int SETTING_BYTES = 6;

    private final FrameListener listener;
    private final Allowance allowance;

    FramePayload(FrameListener listener, Allowance allowance) {
        this.listener = listener;
        this.allowance = allowance;
    }

    /** Four bytes without their first bit, which is reserved everywhere. */
    static int int31(byte[] bytes, int at) {
        return int32(bytes, at) & Integer.MAX_VALUE;
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
    }

    @Nullable
    Fault read(int type, int flags, int stream, byte[] bytes, int start, int length) {
        // None of these carries anything for an application.
        if (!allowance.take()) {
            return Fault.flood("too many frames that ask for nothing");
        }
        return switch (type) {
            case FrameType.PRIORITY -> priority(stream, bytes, start, length);
            case FrameType.RST_STREAM -> reset(stream, length);
            case FrameType.SETTINGS -> settings(flags, stream, bytes, start, length);
            case FrameType.PUSH_PROMISE -> Fault.protocol("PUSH_PROMISE from a client");
            case FrameType.PING -> ping(flags, stream, bytes, start, length);
            case FrameType.GOAWAY -> goAway(stream, length);
            case FrameType.WINDOW_UPDATE -> windowUpdate(stream, bytes, start, length);
            default -> null; // RFC 9113 §4.1: unknown types are ignored
        };
    }

    /** Deprecated, and without effect here; checked all the same. RFC 9113 §6.3. */
    private @Nullable Fault priority(int stream, byte[] bytes, int start, int length) {
        if (stream == 0) {
            return Fault.protocol("PRIORITY on no stream");
        }
        if (length != 5) {
            return listener.streamFault(stream, ErrorCode.FRAME_SIZE_ERROR);
        }
        return int31(bytes, start) == stream ? listener.streamFault(stream, ErrorCode.PROTOCOL_ERROR) : null;
    }

    private @Nullable Fault reset(int stream, int length) {
        if (stream == 0) {
            return Fault.protocol("RST_STREAM on no stream");
        }
        return length != 4 ? Fault.size("RST_STREAM of " + length + " bytes") : listener.reset(stream);
    }

    private @Nullable Fault settings(int flags, int stream, byte[] bytes, int start, int length) {
        boolean isAck = (flags & FrameType.ACK) != 0;
        if (stream != 0) {
            return Fault.protocol("SETTINGS on a stream");
        }
        if (length % SETTING_BYTES != 0 || isAck && length != 0) {
            return Fault.size("SETTINGS of " + length + " bytes");
        }
        if (isAck) {
            return null;
        }
        for (int at = start; at < start + length; at += SETTING_BYTES) {
            int id = (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
            Fault fault = listener.setting(id, Integer.toUnsignedLong(int32(bytes, at + 2)));
            if (fault != null) {
                return fault;
            }
        }
        return listener.settingsEnd();
    }

    private @Nullable Fault ping(int flags, int stream, byte[] bytes, int start, int length) {
        if (stream != 0) {
            return Fault.protocol("PING on a stream");
        }
        if (length != 8) {
            return Fault.size("PING of " + length + " bytes");
        }
        if ((flags & FrameType.ACK) != 0) {
            listener.pingAnswered();
            return null;
        }
        return listener.ping(bytes, start);
    }

    private @Nullable Fault goAway(int stream, int length) {
        if (stream != 0) {
            return Fault.protocol("GOAWAY on a stream");
        }
        if (length < 8) {
            return Fault.size("GOAWAY of " + length + " bytes");
        }
        listener.goAway();
        return null;
    }

    private @Nullable Fault windowUpdate(int stream, byte[] bytes, int start, int length) {
        if (length != 4) {
            return Fault.size("WINDOW_UPDATE of " + length + " bytes");
        }
        int more = int31(bytes, start);
        if (more > 0) {
            return listener.windowOpens(stream, more);
        }
        return stream == 0
                ? Fault.protocol("WINDOW_UPDATE by nothing")
                : listener.streamFault(stream, ErrorCode.PROTOCOL_ERROR);
    }
}
