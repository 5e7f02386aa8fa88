package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/** The server's end of a connection, as the application sees it; one for all clients of a listener. */
public final class ServerEnd {
    private final String scheme;
    final byte[] schemeBytes;
    final byte[] portBytes;

    /**
     * An end.
     *
     * @param scheme {@code http} or {@code https}
     * @param port decimal; on a Unix socket that of the scheme
     */
    public ServerEnd(String scheme, String port) {
        this.scheme = scheme;
        this.schemeBytes = Ascii.bytes(scheme);
        this.portBytes = Ascii.bytes(port);
    }

    String scheme() {
        return scheme;
    }

    String port() {
        return Ascii.text(portBytes);
    }
}
