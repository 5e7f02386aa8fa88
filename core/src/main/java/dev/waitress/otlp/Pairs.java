package dev.waitress.otlp;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lists of {@code key=value}, as OpenTelemetry has them in variables: with commas between, percent-encoded. */
final class Pairs {
    private Pairs() {}

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Map<String, String> read(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (!pair.isBlank()) {
                if (equals < 0 || pair.substring(0, equals).isBlank()) {
                    throw new IllegalArgumentException("a part is not key=value");
                }
                pairs.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return pairs;
    }

    /** A plus stays one: it is no space here. */
    private static String decode(String text) {
        return URLDecoder.decode(text.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
