package dev.waitress.metrics;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How metrics are written down. */
enum Format {
    /** Prometheus' text format. */
    PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
    /** OpenMetrics 1.0.0. */
    OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private static final Pattern QUALITY = Pattern.compile(";\\s*q=([01](?:\\.\\d{0,3})?)\\s*(?:;|$)");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** The one that an Accept field prefers; Prometheus' where it does not say. RFC 9110 §12.5.1. */
    static Format accepted(String accept) {
        double openMetrics = quality(accept, "application/openmetrics-text");
        return openMetrics > 0 && openMetrics >= quality(accept, "text/plain") ? OPENMETRICS : PROMETHEUS;
    }

    /** The weight of a media type that is named; 0 if it is not. */
    private static double quality(String accept, String type) {
        double best = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String trimmed = range.strip();
            int end = trimmed.indexOf(';');
            if ((end < 0 ? trimmed : trimmed.substring(0, end).strip()).equals(type)) {
                Matcher weight = QUALITY.matcher(trimmed);
                best = Math.max(best, weight.find() ? Double.parseDouble(weight.group(1)) : 1);
            }
        }
        return best;
    }
}
