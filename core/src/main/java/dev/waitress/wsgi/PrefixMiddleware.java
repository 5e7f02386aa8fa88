package dev.waitress.wsgi;

import java.util.Map;
import java.util.Optional;

/**
 * Moves a prefix from the path to {@code SCRIPT_NAME}, and takes host, scheme and client from the headers of a proxy;
 * PasteDeploy's middleware of the same name for Java.
 *
 * <p>It believes every client. The server removes the headers of proxies that it was not told to trust
 * ({@code trusted_proxy}), so that behind such a server only {@code X-Forwarded-Server} and {@code X-Forwarded-Scheme}
 * reach it, unless {@code clear_untrusted_proxy_headers} is off.
 */
public final class PrefixMiddleware implements Application {
    private final Application application;
    private final String prefix;
    private final boolean translatesForwarded;
    private final Optional<String> forcedPort;
    private final Optional<String> scheme;

    /** For an application at the root, behind a proxy. */
    public PrefixMiddleware(Application application) {
        this(application, "", true, Optional.empty(), Optional.empty());
    }

    private PrefixMiddleware(
            Application application,
            String prefix,
            boolean translatesForwarded,
            Optional<String> forcedPort,
            Optional<String> scheme) {
        this.application = application;
        this.prefix = prefix;
        this.translatesForwarded = translatesForwarded;
        this.forcedPort = forcedPort;
        this.scheme = scheme;
    }

    /** The same below this path, for example {@code /blog}; slashes at its end do not count. */
    public PrefixMiddleware prefix(String path) {
        return new PrefixMiddleware(application, path.replaceAll("/+$", ""), translatesForwarded, forcedPort, scheme);
    }

    /** The same, with the headers of proxies left alone or not. */
    public PrefixMiddleware translateForwardedServer(boolean translates) {
        return new PrefixMiddleware(application, prefix, translates, forcedPort, scheme);
    }

    /**
     * The same with this port in {@code HTTP_HOST} and {@code SERVER_PORT}; empty or 0 for the usual one of the scheme.
     */
    public PrefixMiddleware forcePort(String port) {
        return new PrefixMiddleware(application, prefix, translatesForwarded, Optional.of(port), scheme);
    }

    /** The same with this {@code wsgi.url_scheme}. */
    public PrefixMiddleware scheme(String urlScheme) {
        return new PrefixMiddleware(application, prefix, translatesForwarded, forcedPort, Optional.of(urlScheme));
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception {
        movePrefix(environ);
        if (translatesForwarded) {
            translate(environ);
        }
        forcedPort.ifPresent(port -> forcePort(environ, port));
        scheme.ifPresent(forced -> environ.put("wsgi.url_scheme", forced));
        return application.call(environ, startResponse);
    }

    private void movePrefix(Map<String, Object> environ) {
        String path = text(environ, "PATH_INFO");
        if (path.equals(prefix) || path.startsWith(prefix + "/")) {
            path = path.substring(prefix.length());
        }
        environ.put("PATH_INFO", path.isEmpty() ? "/" : path);
        environ.put("SCRIPT_NAME", prefix);
    }

    /** What a header says first is the nearest to the client; it is taken as it is. */
    private static void translate(Map<String, Object> environ) {
        take(environ, "HTTP_X_FORWARDED_SERVER").map(PrefixMiddleware::first).ifPresent(server -> {
            environ.put("SERVER_NAME", server);
            environ.put("HTTP_HOST", server);
        });
        take(environ, "HTTP_X_FORWARDED_HOST").ifPresent(host -> environ.put("HTTP_HOST", first(host)));
        take(environ, "HTTP_X_FORWARDED_FOR").ifPresent(client -> environ.put("REMOTE_ADDR", first(client)));
        take(environ, "HTTP_X_FORWARDED_SCHEME")
                .or(() -> take(environ, "HTTP_X_FORWARDED_PROTO"))
                .ifPresent(scheme -> environ.put("wsgi.url_scheme", scheme));
    }

    private static Optional<String> take(Map<String, Object> environ, String key) {
        return Optional.ofNullable((String) environ.remove(key));
    }

    private static String first(String list) {
        int comma = list.indexOf(',');
        return comma < 0 ? list : list.substring(0, comma);
    }

    private static void forcePort(Map<String, Object> environ, String port) {
        String host = withoutPort(text(environ, "HTTP_HOST"));
        boolean usual = port.isEmpty() || port.equals("0");
        environ.put("HTTP_HOST", usual ? host : host + ":" + port);
        environ.put("SERVER_PORT", usual ? usualPort(text(environ, "wsgi.url_scheme")) : port);
    }

    private static String withoutPort(String host) {
        int colon = host.indexOf(':', host.startsWith("[") ? host.indexOf(']') + 1 : 0);
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static String usualPort(String urlScheme) {
        return urlScheme.equals("http") ? "80" : "443";
    }

    private static String text(Map<String, Object> environ, String key) {
        return (String) environ.getOrDefault(key, "");
    }
}
