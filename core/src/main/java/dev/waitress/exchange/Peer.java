package dev.waitress.exchange;

import dev.waitress.http.Ascii;

/**
 * The two ends of a client's connection, as the application sees them; encoded once, used by every request. What one
 * request says of its origin is a {@link dev.waitress.proxy.Forwarding}, and counts more.
 */
public final class Peer {
    private final String remoteAddress;
    private final String hopAddress;
    final byte[] remoteAddressBytes;
    final byte[] remotePortBytes;
    final ServerEnd server;

    /**
     * A peer.
     *
     * @param remoteAddress numeric, without brackets; {@code localhost} on a Unix socket
     * @param remotePort decimal; empty on a Unix socket
     * @param server the other end
     */
    public Peer(String remoteAddress, String remotePort, ServerEnd server) {
        this(remoteAddress, remotePort, server, remoteAddress);
    }

    private Peer(String remoteAddress, String remotePort, ServerEnd server, String hopAddress) {
        this.remoteAddress = remoteAddress;
        this.hopAddress = hopAddress;
        this.remoteAddressBytes = Ascii.bytes(remoteAddress);
        this.remotePortBytes = Ascii.bytes(remotePort);
        this.server = server;
    }

    /** The client for whom this peer, a proxy, has connected. */
    public Peer announcing(String clientAddress, String clientPort) {
        return new Peer(clientAddress, clientPort, server, hopAddress);
    }

    /** Decimal. */
    public String serverPort() {
        return server.port();
    }

    /** {@code http} or {@code https}: how this connection is spoken to, whatever came before a proxy. */
    public String scheme() {
        return server.scheme();
    }

    public String remoteAddress() {
        return remoteAddress;
    }

    /** Who is at the other end of the socket: the client itself, or the proxy that announced it. */
    public String hopAddress() {
        return hopAddress;
    }
}
