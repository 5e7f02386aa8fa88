package dev.waitress.gateway;

import dev.waitress.http.Ascii;

/** The two ends of a client's connection, as the application sees them; encoded once, used by every request. */
public final class Peer {
    private final String remoteAddress;
    final byte[] remoteAddressBytes;
    final byte[] remotePortBytes;
    final byte[] serverPortBytes;

    /**
     * A peer.
     *
     * @param remoteAddress numeric, without brackets; {@code localhost} on a Unix socket
     * @param remotePort decimal; empty on a Unix socket
     * @param serverPort decimal
     */
    public Peer(String remoteAddress, String remotePort, String serverPort) {
        this.remoteAddress = remoteAddress;
        this.remoteAddressBytes = Ascii.bytes(remoteAddress);
        this.remotePortBytes = Ascii.bytes(remotePort);
        this.serverPortBytes = Ascii.bytes(serverPort);
    }

    /** Decimal. */
    public String serverPort() {
        return Ascii.text(serverPortBytes);
    }

    public String remoteAddress() {
        return remoteAddress;
    }
}
