package dev.waitress.otlp;

import java.util.Set;

/** The query of a URL as spans may show it. */
final class QueryText {
    /** Those that OpenTelemetry's semantic conventions name: who knows the value may do what the URL is for. */
    private static final Set<String> SECRET = Set.of("AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature");

    private QueryText() {}

    /** The same with {@code REDACTED} for secrets. */
    static String of(String query) {
        if (SECRET.stream().noneMatch(query::contains)) {
            return query;
        }
        StringBuilder shown = new StringBuilder(query.length());
        for (String pair : query.split("&", -1)) {
            String name = pair.substring(0, Math.max(0, pair.indexOf('=')));
            shown.append(shown.isEmpty() ? "" : "&").append(SECRET.contains(name) ? name + "=REDACTED" : pair);
        }
        return shown.toString();
    }
}
