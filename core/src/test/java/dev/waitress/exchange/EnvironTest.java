package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironTest {
    private static Map<String, String> environ(Settings settings, String request) {
        Map<String, String> environ = new TreeMap<>();
        new Environ(settings)
                .write(
                        Requests.parse(request),
                        (key, keyEnd, value, start, end) -> environ.put(
                                new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                                new String(value, start, end - start, StandardCharsets.ISO_8859_1)));
        return environ;
    }

    private static Map<String, String> environ(String request) {
        return environ(Settings.defaults(), request);
    }

    @Test
    void holdsTheVariablesOfTheRequest() {
        assertThat(environ("POST /a?b=%20c HTTP/1.0\r\nHost: h:1\r\nContent-Type: t\r\nContent-Length: 05\r\n"
                        + "X-Foo: 1\r\nx-fOO: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX_Bad: no\r\n\r\n"))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("REQUEST_METHOD", "POST"),
                        Map.entry("PATH_INFO", "/a"),
                        Map.entry("QUERY_STRING", "b=%20c"),
                        Map.entry("REQUEST_URI", "/a?b=%20c"),
                        Map.entry("SERVER_PROTOCOL", "HTTP/1.0"),
                        Map.entry("SERVER_PORT", "8080"),
                        Map.entry("REMOTE_ADDR", "10.0.0.1"),
                        Map.entry("REMOTE_HOST", "10.0.0.1"),
                        Map.entry("REMOTE_PORT", "5555"),
                        Map.entry("CONTENT_TYPE", "t"),
                        Map.entry("CONTENT_LENGTH", "5"),
                        Map.entry("HTTP_HOST", "h:1"),
                        Map.entry("HTTP_X_FOO", "1, 2"),
                        Map.entry("HTTP_COOKIE", "a=1; b=2")));
    }

    @Test
    void showsAChunkedRequestAsAPlainOne() {
        assertThat(environ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .containsEntry("CONTENT_LENGTH", "0")
                .doesNotContainKey("HTTP_TRANSFER_ENCODING");
    }

    @ParameterizedTest
    @CsvSource({
        "/a%20b?x=%20&y, '/a b'",
        "/%C3%A4, /\u00c3\u00a4",
        "//foo/bar?x, /foo/bar",
        "///foo, /foo",
        "/foo//bar, /foo//bar",
        "/%2e%2E/x, /../x",
        "/%2F%2fa, /a",
        "/a%3Fb, /a?b",
        "/%zz%4, /%zz%4",
        "/%, /%",
        "http://ex.com, /",
        "http://ex.com/%41?q, /A",
    })
    void decodesThePath(String target, String path) {
        assertThat(environ("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")).containsEntry("PATH_INFO", path);
    }

    @Test
    void takesTheHostOfAnAbsoluteTarget() {
        assertThat(environ("GET http://ex.com:81/ HTTP/1.1\r\nHost: other\r\n\r\n"))
                .containsEntry("HTTP_HOST", "ex.com:81");
    }

    @ParameterizedTest
    @CsvSource({
        "/foo, ''",
        "/foo/, /",
        "/foo/x, /x",
        "//foo/x, /x",
        "/%66oo/x, /x",
        "/foo//x, //x",
        "/foobar, /foobar",
        "/bar, /bar",
    })
    void stripsThePrefix(String target, String path) {
        Settings settings = Settings.defaults().withText("url_prefix", "foo/");
        assertThat(environ(settings, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .containsEntry("PATH_INFO", path);
    }
}
