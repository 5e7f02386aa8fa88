package dev.waitress.ini;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.PrefixMiddleware;
import java.util.Locale;
import java.util.Set;

/** {@code egg:PasteDeploy#prefix} for applications in Java. */
final class PrefixFilter {
    private static final Set<String> TRUE = Set.of("true", "yes", "on", "y", "t", "1");
    private static final Set<String> FALSE = Set.of("false", "no", "off", "n", "f", "0");

    private PrefixFilter() {}

    static Application wrap(Application application, Configuration configuration) {
        PrefixMiddleware middleware = new PrefixMiddleware(application);
        for (var entry : configuration.local().entrySet()) {
            String value = entry.getValue();
            middleware = switch (entry.getKey()) {
                case "prefix" -> middleware.prefix(value);
                case "translate_forwarded_server" -> middleware.translateForwardedServer(flag(value));
                case "force_port" -> middleware.forcePort(value);
                case "scheme" -> middleware.scheme(value);
                default ->
                    throw new IniException("make_prefix_middleware() got an unexpected keyword argument "
                            + Quoted.text(entry.getKey()));
            };
        }
        return middleware;
    }

    private static boolean flag(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            throw new IniException("String is not true/false: " + Quoted.text(word));
        }
        return TRUE.contains(word);
    }
}
