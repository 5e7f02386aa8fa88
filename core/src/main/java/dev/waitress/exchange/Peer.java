package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/** The two ends of a client's connection, as the application sees them; encoded once, used by every request. */
public final class Peer {
    private final String remoteAddress;
    private final String hopAddress;
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
        this(remoteAddress, remotePort, serverPort, remoteAddress);
    }

    private Peer(String remoteAddress, String remotePort, String serverPort, String hopAddress) {
        this.remoteAddress = remoteAddress;
        this.hopAddress = hopAddress;
        this.remoteAddressBytes = Ascii.bytes(remoteAddress);
        this.remotePortBytes = Ascii.bytes(remotePort);
        this.serverPortBytes = Ascii.bytes(serverPort);
    }

    /** The client for whom this peer, a proxy, has connected. */
    public Peer announcing(String clientAddress, String clientPort) {
        return new Peer(clientAddress, clientPort, serverPort(), hopAddress);
    }

    /** Decimal. */
    public String serverPort() {
        return Ascii.text(serverPortBytes);
    }

    public String remoteAddress() {
        return remoteAddress;
    }

    /** Who is at the other end of the socket: the client itself, or the proxy that announced it. */
    public String hopAddress() {
        return hopAddress;
    }
}
