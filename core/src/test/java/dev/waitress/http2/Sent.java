package dev.waitress.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server has sent, a line for each frame: {@code 1 HEADERS :status: 200, date: … end}, {@code 1 DATA hello end},
 * {@code 1 RST_STREAM CANCEL}, {@code 0 GOAWAY 1 NO_ERROR reason}, {@code 0 WINDOW_UPDATE 5}.
 */
public final class Sent {
    private static final String[] TYPES = {
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION"
    };

    private Sent() {}

    /** The frames of these bytes. */
    public static List<String> frames(String bytes) {
        HpackDecoder decoder = new HpackDecoder();
        List<String> frames = new ArrayList<>();
        byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < all.length; ) {
            int length = (all[at] & 0xFF) << 16 | (all[at + 1] & 0xFF) << 8 | all[at + 2] & 0xFF;
            int payload = at + FrameType.HEADER_BYTES;
            frames.add(FramePayload.int31(all, at + 5) + " " + TYPES[all[at + 3]]
                    + text(decoder, all[at + 3], all[at + 4], bytes.substring(payload, payload + length)));
            at = payload + length;
        }
        return frames;
    }

    private static String text(HpackDecoder decoder, int type, int flags, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        return switch (type) {
            case FrameType.DATA -> " " + payload + end(flags);
            case FrameType.HEADERS -> " " + String.join(", ", Fields.decode(decoder, bytes)) + end(flags);
            case FrameType.RST_STREAM -> " " + code(bytes, 0);
            case FrameType.GOAWAY ->
                " " + FramePayload.int31(bytes, 0) + " " + code(bytes, 4) + " " + payload.substring(8);
            case FrameType.WINDOW_UPDATE -> " " + FramePayload.int31(bytes, 0);
            default -> (flags & FrameType.ACK) != 0 ? " ack" : "";
        };
    }

    private static String end(int flags) {
        return (flags & FrameType.END_STREAM) != 0 ? " end" : "";
    }

    private static ErrorCode code(byte[] bytes, int at) {
        return List.of(ErrorCode.values()).get(FramePayload.int31(bytes, at));
    }
}
