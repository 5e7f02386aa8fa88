package dev.waitress.exchange;

import static dev.waitress.exchange.ResponseTest.bytes;
import static dev.waitress.exchange.ResponseTest.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private static final Map<String, String> WANTED = Map.of("request_id", "true");

    private static RequestIds ids(Map<String, String> settings) {
        return new RequestIds(Settings.ofText(settings));
    }

    private static String given(RequestIds ids, String field, boolean peerIsTrusted) {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
        return Ascii.text(ids.next(request.head(), peerIsTrusted).text());
    }

    @Test
    void areNumbersOfThisServer() {
        RequestIds ids = ids(WANTED);
        String first = Ascii.text(ids.next().text());
        assertThat(first).matches("[0-9a-f]{12}-1");
        for (int i = 2; i < 255; i++) {
            ids.next();
        }
        String prefix = first.substring(0, 13);
        assertThat(Ascii.text(ids.next().text())).isEqualTo(prefix + "ff");
        assertThat(Ascii.text(ids.next().text())).isEqualTo(prefix + "100");
        assertThat(Ascii.text(ids(WANTED).next().text())).doesNotStartWith(prefix);
    }

    @ParameterizedTest
    @CsvSource({
        "access_log=file, '', false",
        "access_log=file, json, true",
        "access_log=file, %h %{id}x, true",
        "host=127.0.0.1, json, false",
    })
    void areMadeForTheAccessLogThatShowsThem(String setting, String format, boolean made) {
        String[] pair = setting.split("=", -1);
        RequestIds ids = ids(
                format.isEmpty() ? Map.of(pair[0], pair[1]) : Map.of(pair[0], pair[1], "access_log_format", format));
        assertThat(ids.next().text().length > 0).isEqualTo(made);
        assertThat(given(ids, "X: y", true).isEmpty()).isNotEqualTo(made);
    }

    private static RequestIds behindAProxy() {
        return ids(Map.of("request_id", "true", "trusted_proxy", "*", "trusted_proxy_headers", "x-forwarded-for"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "AZaz09._~:/+=@-"})
    void areThoseOfATrustedProxyAndNobodyElse(String id) {
        assertThat(given(behindAProxy(), "X-Request-ID: " + id, true)).isEqualTo(id);
        assertThat(given(behindAProxy(), "X-Request-ID: " + id, false)).endsWith("-1");
        assertThat(given(ids(WANTED), "X-Request-ID: " + id, false)).endsWith("-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a,b", "a\"", "\u00e4"})
    void areMadeWhereTheProxysIsNone(String id) {
        assertThat(given(behindAProxy(), "X-Request-ID: " + id, true)).endsWith("-1");
    }

    @Test
    void ofAProxyHaveABound() {
        assertThat(given(behindAProxy(), "X-Request-ID: " + "a".repeat(128), true))
                .hasSize(128);
        assertThat(given(behindAProxy(), "X-Request-ID: " + "a".repeat(129), true))
                .endsWith("-1");
    }

    @Test
    void areSentUnlessTheApplicationNamesTheRequest() {
        RequestId id = behindAProxy().next();
        String line = "X-Request-ID: " + Ascii.text(id.text()) + "\r\n";
        ServerName nameless = new ServerName("", false);
        StringBuilder outcome = new StringBuilder();
        for (String field : new String[] {"X: y", "x-request-id: mine"}) {
            Request request =
                    Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n").called(id);
            FakeSink sink = new FakeSink(request.head(), nameless, false);
            new Response(request, sink, nameless).send(head("200 OK", field), bytes(""), 0, 0);
            outcome.append(sink.outcome());
        }
        assertThat(outcome.toString())
                .containsOnlyOnce("\r\nX: y\r\nContent-Length: 0\r\n" + line)
                .containsOnlyOnce(line);
        assertThat(Ascii.text(id.fields())).isEqualTo(line);
        assertThat(RequestId.NONE.fields()).isEmpty();
    }
}
