package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/** The server's end of a connection, as the application sees it; one for all clients of a listener. */
public final class ServerEnd {
    private static final byte[] NOTHING = {};

    private final String scheme;
    private final boolean encrypted;
    final byte[] schemeBytes;
    final byte[] portBytes;

    /** A whole field of its answers, or nothing. */
    final byte[] answerField;

    /**
     * An end.
     *
     * @param scheme {@code http} or {@code https}
     * @param port decimal; on a Unix socket that of the scheme
     */
    public ServerEnd(String scheme, String port) {
        this(scheme, port, false, "");
    }

    private ServerEnd(String scheme, String port, boolean encrypted, String hsts) {
        this.scheme = scheme;
        this.encrypted = encrypted;
        this.answerField = hsts.isEmpty() ? NOTHING : Ascii.bytes("Strict-Transport-Security: " + hsts + "\r\n");
        this.schemeBytes = Ascii.bytes(scheme);
        this.portBytes = Ascii.bytes(port);
    }

    /**
     * An end that speaks TLS.
     *
     * @param port decimal
     * @param hsts what clients are told of it, RFC 6797; empty for nothing
     */
    public static ServerEnd encrypted(String port, String hsts) {
        return new ServerEnd("https", port, true, hsts);
    }

    /** Whether its clients have to encrypt. */
    public boolean isEncrypted() {
        return encrypted;
    }

    String scheme() {
        return scheme;
    }

    String port() {
        return Ascii.text(portBytes);
    }
}
