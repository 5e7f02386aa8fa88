package dev.waitress.metrics;

import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page that shows what a server does, and the rules by which browsers are to treat it. */
final class Page {
    private final ServerAnswer answer;
    private final Map<String, String> fields = new LinkedHashMap<>();

    private Page(String html) {
        answer = new ServerAnswer("200 OK", "", "text/html; charset=utf-8", html);
        fields.put(
                "Content-Security-Policy",
                "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        + "; script-src " + hash(between(html, "<script>", "</script>"))
                        + "; style-src " + hash(between(html, "<style>", "</style>")));
        fields.put("X-Content-Type-Options", "nosniff");
        fields.put("X-Frame-Options", "DENY");
        fields.put("Referrer-Policy", "no-referrer");
        fields.put("Cross-Origin-Resource-Policy", "same-origin");
    }

    /** The one of this version. */
    static Page load() {
        try (InputStream html = Page.class.getResourceAsStream("page.html")) {
            if (html == null) {
                throw new IllegalStateException("the page is missing");
            }
            return new Page(new String(html.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String between(String html, String start, String end) {
        int from = html.indexOf(start) + start.length();
        return html.substring(from, html.indexOf(end, from));
    }

    /** Only what stands in the file is run: the source of a policy. */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    void sendTo(Response response) {
        answer.sendTo(response, fields);
    }
}
