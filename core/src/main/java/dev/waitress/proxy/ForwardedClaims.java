package dev.waitress.proxy;

import org.jspecify.annotations.Nullable;

/** What the proxy headers of one request say of its origin, before it is applied; null where they say nothing. */
final class ForwardedClaims {
    /** The client. */
    @Nullable
    ForwardedNode client;

    /** The host that the client asked for. */
    @Nullable
    ForwardedNode host;

    /** {@code http} or {@code https}. */
    @Nullable
    String scheme;

    /** The port that the client asked for. */
    @Nullable
    String port;
}
