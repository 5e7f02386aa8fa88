package dev.waitress.wsgi;

import java.util.List;

/**
 * Has the client learn of some headers while the application still works on its answer, most of all of what to load
 * meanwhile: {@code wsgi.early_hints} in the environ of GET and HEAD. RFC 8297. Any thread.
 *
 * <pre>{@code
 * ((EarlyHints) environ.get("wsgi.early_hints")).send(new Header("Link", "</style.css>; rel=preload; as=style"));
 * }</pre>
 */
@FunctionalInterface
public interface EarlyHints {
    /**
     * Sends an interim response, 103. Does nothing once the head of the answer is sent or the client is gone, for
     * HTTP/1.0, and from the 17th call for the same request on.
     *
     * @param headers 8 KiB of them at most; they are no part of the answer, which is to state them again
     * @throws IllegalArgumentException if they are not HTTP, or not the application's to set
     */
    void send(List<Header> headers);

    /** The same with the headers one by one. */
    default void send(Header... headers) {
        send(List.of(headers));
    }
}
