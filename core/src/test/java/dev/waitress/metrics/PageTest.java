package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    private static final ServerName NAME = new ServerName("", false);

    /** As the wire has it: bytes as latin-1. */
    private static String answer() {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        Page.load().sendTo(new Response(request, sink, NAME));
        return new String(sink.outcome().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @Test
    void allowsItsOwnScriptAndStyleAndNothingElse() throws Exception {
        String answer = answer();
        String policy = between(answer, "Content-Security-Policy: ", "\r\n");
        assertThat(policy)
                .startsWith("default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; ")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        for (String part : List.of("script", "style")) {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(between(answer, "<" + part + ">", "</" + part + ">").getBytes(StandardCharsets.UTF_8));
            assertThat(policy)
                    .contains(part + "-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
        }
        assertThat(answer)
                .contains("\r\nContent-Type: text/html; charset=utf-8\r\n")
                .contains("\r\nCache-Control: no-store\r\n", "\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\nX-Frame-Options: DENY\r\n", "\r\nReferrer-Policy: no-referrer\r\n");
    }

    /** What a policy forbids would be missing, and what makes HTML of text would be a hole without it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document\\.write",
                "eval\\(",
                "new Function",
                " style=",
                " on[a-z]+=",
                "https?://",
                "<link",
                "<img",
                "@import",
                "url\\("
            })
    void hasNothingOf(String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(between(answer(), "\r\n\r\n", "--open"));
        assertThat(found.find()).isFalse();
    }
}
