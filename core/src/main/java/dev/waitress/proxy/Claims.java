package dev.waitress.proxy;

import org.jspecify.annotations.Nullable;

/** What trusted headers say of one request; null where they say nothing. */
final class Claims {
    /** The client. */
    @Nullable
    Node client;

    /** The host that the client asked for. */
    @Nullable
    Node host;

    /** {@code http} or {@code https}. */
    @Nullable
    String scheme;

    /** The port that the client asked for. */
    @Nullable
    String port;
}
