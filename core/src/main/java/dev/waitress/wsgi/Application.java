package dev.waitress.wsgi;

import java.util.Map;

/**
 * A web application, as PEP 3333 has it.
 *
 * <pre>{@code
 * Application hello = (environ, startResponse) -> {
 *     startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
 *     return List.of("Hello, world!\n".getBytes(UTF_8));
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Application {
    /**
     * Answers one request. Called on a task thread, by several at once.
     *
     * @param environ a fresh map that the application may change: the CGI variables and {@code HTTP_*} as
     *     {@code String} (one character U+0000–U+00FF per byte), {@code wsgi.input} as {@link java.io.InputStream},
     *     {@code wsgi.errors} as {@link java.io.PrintStream}, {@code wsgi.url_scheme}, {@code wsgi.multithread} and the
     *     other keys of PEP 3333, {@code wsgi.early_hints} as {@link EarlyHints} for GET and HEAD,
     *     {@code waitress.client_disconnected} as {@link java.util.function.BooleanSupplier}, and {@link Metrics}
     * @param startResponse called once, before the first byte of the body is returned
     * @return the blocks of the body, each sent before the next is asked for; if it is {@link AutoCloseable} it is
     *     closed exactly once, whatever happens
     * @throws Exception anything: the client gets 500 if nothing was sent yet, else its connection is cut
     */
    Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception;
}
