package dev.waitress.otlp;

import dev.waitress.http.Printable;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A collector that takes OTLP over HTTP. OpenTelemetry Protocol Specification 1.5, OTLP/HTTP: what may be sent again,
 * and what an answer says. The client is the one of {@code java.base}: it needs no thread of its own.
 */
final class HttpCollector implements Collector {
    private static final String HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";
    private static final String PATH = "/v1/traces";
    private static final int CONNECT_MILLIS = 5000;
    private static final int READ_MILLIS = 10_000;
    private static final int MOST_ANSWER_BYTES = 16 * 1024;

    private static final Set<Integer> TRY_LATER = Set.of(429, 502, 503, 504);
    private static final Pattern REJECTED = Pattern.compile("\"rejectedSpans\"\\s*:\\s*\"?(\\d{1,18})");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    /** RFC 9110 §5.6.2 and §5.5, without bytes beyond ASCII. */
    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Pattern FIELD_VALUE = Pattern.compile("[ -~]*");

    private final URL url;
    private final Map<String, String> fields;

    private HttpCollector(URL url, Map<String, String> fields) {
        this.url = url;
        this.fields = fields;
    }

    /**
     * One.
     *
     * @param endpoint its address; the path of OTLP is added unless it is there
     * @throws SettingsException if the variable for its headers is wrong
     */
    static HttpCollector of(String endpoint, Map<String, String> environment) {
        String base = endpoint.replaceAll("/+$", "");
        try {
            return new HttpCollector(new URL(base.endsWith(PATH) ? base : base + PATH), fields(environment));
        } catch (MalformedURLException e) {
            throw new SettingsException("otlp_endpoint: " + e.getMessage());
        }
    }

    private static Map<String, String> fields(Map<String, String> environment) {
        try {
            Map<String, String> fields = Pairs.read(environment.getOrDefault(HEADERS_VARIABLE, ""));
            fields.forEach((name, value) -> {
                if (!FIELD_NAME.matcher(name).matches()
                        || !FIELD_VALUE.matcher(value).matches()) {
                    throw new IllegalArgumentException("a part is no header"); // not shown: it may be a secret
                }
            });
            return fields;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(HEADERS_VARIABLE + ": " + e.getMessage());
        }
    }

    @Override
    public String name() {
        return url.toString();
    }

    @Override
    public Answer send(byte[] batch) {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setRequestProperty("User-Agent", "waitress");
            fields.forEach(connection::setRequestProperty);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(batch.length); // so that it sends nothing twice by itself
            try (OutputStream out = connection.getOutputStream()) {
                out.write(batch);
            }
            return answer(connection);
        } catch (IOException | RuntimeException e) {
            return Answer.later(0, Printable.of(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status;
        try {
            status = connection.getResponseCode();
        } catch (StackOverflowError e) { // the JDK's client calls itself for what follows each of them
            connection.disconnect();
            return Answer.later(0, "it answers 100 without end");
        }
        if (status < 0) {
            return Answer.never("it does not speak HTTP");
        }
        boolean isTaken = status / 100 == 2;
        String text = text(isTaken ? connection.getInputStream() : connection.getErrorStream(), connection);
        if (isTaken) {
            Matcher rejected = REJECTED.matcher(text);
            long count = rejected.find() ? Long.parseLong(rejected.group(1)) : 0;
            return Answer.taken(count, count == 0 ? "" : "it has rejected some: " + Printable.of(text));
        }
        String reason = "it answers " + status + (text.isBlank() ? "" : ": " + Printable.of(text));
        return TRY_LATER.contains(status)
                ? Answer.later(afterMillis(connection.getHeaderField("Retry-After")), reason)
                : Answer.never(reason);
    }

    private static long afterMillis(@Nullable String field) {
        return field != null && SECONDS.matcher(field).matches() ? TimeUnit.SECONDS.toMillis(Long.parseLong(field)) : 0;
    }

    /** Its beginning; all of it, so that the connection can be used again, unless it is long. */
    private static String text(@Nullable InputStream body, HttpURLConnection connection) throws IOException {
        if (body == null) {
            return "";
        }
        try (body) {
            byte[] bytes = body.readNBytes(MOST_ANSWER_BYTES);
            if (bytes.length == MOST_ANSWER_BYTES) {
                connection.disconnect();
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
