package dev.waitress.http2;

/** Why a stream or a connection ends. RFC 9113 §7; the code on the wire is the place in this list. */
public enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    @SuppressWarnings("EnumOrdinal") // the order is the RFC's
    int onWire() {
        return ordinal();
    }
}
