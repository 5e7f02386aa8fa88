package dev.waitress.metrics;

/**
 * The methods that are counted each for itself; clients can send any other, which are counted together. OpenTelemetry's
 * semantic conventions for HTTP, attribute {@code http.request.method}.
 */
enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    PATCH,
    OPTIONS,
    CONNECT,
    TRACE,
    OTHER;

    private static final Method[] ALL = values();

    /** The one that stands in these bytes. */
    static Method of(byte[] bytes, int start, int end) {
        for (Method each : ALL) {
            if (each.isIn(bytes, start, end)) {
                return each;
            }
        }
        return OTHER;
    }

    private boolean isIn(byte[] bytes, int start, int end) {
        String name = name();
        if (this == OTHER || end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The one with which a line begins, as far as it has come. */
    static Method of(byte[] line) {
        int end = 0;
        while (end < line.length && line[end] != ' ') {
            end++;
        }
        return end == line.length ? OTHER : of(line, 0, end);
    }

    String label() {
        return this == OTHER ? "_OTHER" : name();
    }
}
