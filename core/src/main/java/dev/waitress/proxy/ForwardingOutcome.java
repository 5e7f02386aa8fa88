package dev.waitress.proxy;

/** What reading the proxy headers of one request came to. */
public sealed interface ForwardingOutcome permits Forwarding, ForwardingOutcome.Malformed {
    /**
     * A trusted proxy sent what it should not; the application must not see the request.
     *
     * @param header how the answer names it
     */
    record Malformed(String header) implements ForwardingOutcome {}
}
