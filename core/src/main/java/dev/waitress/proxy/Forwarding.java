package dev.waitress.proxy;

import dev.waitress.settings.ProxyHeader;
import java.util.BitSet;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the application is told of a request's origin in place of what the connection shows, and which header fields it
 * does not get as they came. A value that is null stays as it is. Immutable.
 */
public final class Forwarding implements ForwardingOutcome {
    /** Of a request without any proxy header. */
    public static final Forwarding NONE = new Forwarding(new ForwardedClaims(), "", new BitSet(), Map.of());

    private final @Nullable String remoteAddress;
    private final @Nullable String remotePort;
    private final @Nullable String serverName;
    private final @Nullable String serverPort;
    private final @Nullable String host;
    private final @Nullable String scheme;
    private final BitSet hidden;
    private final Map<ProxyHeader, String> shortened;

    /**
     * What these claims come to.
     *
     * @param ownScheme of the connection, where no proxy names another
     * @param hidden indexes of fields that the application does not get
     * @param shortened values of headers that take the place of hidden ones
     */
    Forwarding(ForwardedClaims claims, String ownScheme, BitSet hidden, Map<ProxyHeader, String> shortened) {
        this.hidden = hidden;
        this.shortened = shortened;
        scheme = claims.scheme;
        remoteAddress = claims.client == null ? null : claims.client.name();
        // The connection's port is the proxy's: better none than a wrong one.
        remotePort = claims.client == null ? null : claims.client.port();
        String port = claims.port == null && scheme != null ? defaultPort(scheme) : claims.port;
        ForwardedNode asked = claims.host;
        if (asked == null) {
            serverName = null;
            host = null;
        } else {
            boolean hasPort = !asked.port().isEmpty();
            port = hasPort ? asked.port() : port;
            boolean implied = port == null || !hasPort && port.equals(defaultPort(scheme == null ? ownScheme : scheme));
            serverName = asked.name();
            host = implied ? asked.name() : asked.name() + ":" + port;
        }
        serverPort = port;
    }

    private static String defaultPort(String scheme) {
        return switch (scheme) {
            case "http" -> "80";
            case "https" -> "443";
            default -> "";
        };
    }

    /** {@code REMOTE_ADDR} and {@code REMOTE_HOST}. */
    public @Nullable String remoteAddress() {
        return remoteAddress;
    }

    /** {@code REMOTE_PORT}; empty if nobody knows it. */
    public @Nullable String remotePort() {
        return remotePort;
    }

    /** {@code SERVER_NAME}. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** {@code SERVER_PORT}. */
    public @Nullable String serverPort() {
        return serverPort;
    }

    /** {@code HTTP_HOST}. */
    public @Nullable String host() {
        return host;
    }

    /** {@code wsgi.url_scheme}. */
    public @Nullable String scheme() {
        return scheme;
    }

    /** Whether the application gets neither this field of the head nor any later one of its name. */
    public boolean hides(int field) {
        return hidden.get(field);
    }

    /** Gives the headers that take the place of hidden ones. */
    public void forEachShortened(BiConsumer<ProxyHeader, String> action) {
        shortened.forEach(action);
    }
}
