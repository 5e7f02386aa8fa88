package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import java.util.Map;

/**
 * The two ends of a client's connection, as the application sees them; encoded once, used by every request. What one
 * request says of its origin is a {@link dev.waitress.proxy.Forwarding}, and counts more.
 */
public final class Peer {
    /** Nobody is told of it. */
    static final Peer UNKNOWN = new Peer("", "", new ServerEnd("http", ""));

    private final String remoteAddress;
    private final String hopAddress;
    final byte[] remoteAddressBytes;
    final byte[] remotePortBytes;
    final ServerEnd server;
    final Facts facts;

    /**
     * A peer.
     *
     * @param remoteAddress numeric, without brackets; {@code localhost} on a Unix socket
     * @param remotePort decimal; empty on a Unix socket
     * @param server the other end
     */
    public Peer(String remoteAddress, String remotePort, ServerEnd server) {
        this(remoteAddress, Ascii.bytes(remotePort), server, remoteAddress, Facts.NONE);
    }

    private Peer(String remoteAddress, byte[] remotePort, ServerEnd server, String hopAddress, Facts facts) {
        this.remoteAddress = remoteAddress;
        this.hopAddress = hopAddress;
        this.remoteAddressBytes = Ascii.bytes(remoteAddress);
        this.remotePortBytes = remotePort;
        this.server = server;
        this.facts = facts;
    }

    /** The client for whom this peer, a proxy, has connected. */
    public Peer announcing(String clientAddress, String clientPort) {
        return new Peer(clientAddress, Ascii.bytes(clientPort), server, hopAddress, facts);
    }

    /**
     * The same over an encrypted connection.
     *
     * @param variables what applications are told of that, by the names of the environ
     */
    public Peer over(Map<String, String> variables) {
        return new Peer(remoteAddress, remotePortBytes, server, hopAddress, Facts.of(variables));
    }

    /** What applications are told of its encryption under this name; empty where there is nothing. */
    public byte[] fact(byte[] name) {
        return facts.value(name);
    }

    /** Bytes of all that applications are told of its encryption. */
    public int factsLength() {
        return facts.length();
    }

    /** Bytes of the heap that this takes. */
    public int factsHeldBytes() {
        return facts.heldBytes();
    }

    /** Whether the client has to encrypt. */
    public boolean isEncrypted() {
        return server.isEncrypted();
    }

    /** Adds to an answer what belongs into all answers here, unless its application has said it. */
    void addTo(ResponseHead head) {
        if (server.answerField.length > 0 && !head.has("strict-transport-security")) {
            head.add(server.answerField);
        }
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
