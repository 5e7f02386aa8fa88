package dev.waitress.http2;

/**
 * What a client has done that ends its connection. RFC 9113 §5.4.1.
 *
 * @param reason for the client's log and ours; ASCII
 */
public record Fault(ErrorCode code, String reason) {
    static Fault protocol(String reason) {
        return new Fault(ErrorCode.PROTOCOL_ERROR, reason);
    }

    static Fault size(String reason) {
        return new Fault(ErrorCode.FRAME_SIZE_ERROR, reason);
    }

    static Fault compression(String reason) {
        return new Fault(ErrorCode.COMPRESSION_ERROR, reason);
    }

    /** More than a client may ask for in vain. */
    public static Fault flood(String reason) {
        return new Fault(ErrorCode.ENHANCE_YOUR_CALM, reason);
    }
}
