package dev.waitress.proxy;

/**
 * Takes the reason from deep inside a reader to {@link TrustedProxy}, which makes a value of it. Has no stack trace.
 */
final class MalformedHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String header;
    private final String reason;
    private final String value;

    MalformedHeaderException(String header, String reason, String value) {
        super(reason, null, false, false);
        this.header = header;
        this.reason = reason;
        this.value = value;
    }

    String header() {
        return header;
    }

    String reason() {
        return reason;
    }

    String value() {
        return value;
    }
}
