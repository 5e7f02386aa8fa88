package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.proxy.Forwarding;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironTest {
    private static final Settings SHOP =
            Settings.ofText(Map.of("server_name", "shop", "url_scheme", "https", "ident", "i"));

    private static Map<String, String> environ(Settings settings, String request) {
        return environ(settings, Requests.parse(request));
    }

    private static Map<String, String> environ(Settings settings, Request request) {
        Map<String, String> environ = new TreeMap<>();
        new Environ(settings)
                .write(
                        request,
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
        "/a%41, /aA",
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

    @ParameterizedTest
    @CsvSource({"*, *", "http://ex.com, *", "http://ex.com?q, /", "/, /"})
    void saysThatOptionsAskForTheWholeServer(String target, String path) {
        assertThat(environ("OPTIONS " + target + " HTTP/1.1\r\nHost: ex.com\r\n\r\n"))
                .containsEntry("PATH_INFO", path);
    }

    /** Longer than the arrays that it begins with. */
    @Test
    void holdsLongNamesPathsAndValues() {
        String letters = "az-AZ09".repeat(20);
        String value = "v".repeat(700);
        assertThat(environ("GET /%41" + "b".repeat(2000) + " HTTP/1.1\r\nHost: h\r\n" + letters + ": " + value + "\r\n"
                        + letters + ": " + value + "\r\n\r\n"))
                .containsEntry("PATH_INFO", "/A" + "b".repeat(2000))
                .containsEntry("HTTP_" + "AZ_AZ09".repeat(20), value + ", " + value);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "000, 0", "007, 7", "10, 10"})
    void showsALengthWithoutLeadingZeros(String given, String shown) {
        assertThat(environ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + given + "\r\n\r\n"))
                .containsEntry("CONTENT_LENGTH", shown);
    }

    @Test
    void leavesOutWhatMostRequestsShare() {
        assertThat(Environ.constants(SHOP))
                .isEqualTo(Map.of(
                        "SCRIPT_NAME", "", "SERVER_SOFTWARE", "i", "SERVER_NAME", "shop", "wsgi.url_scheme", "https"));
        Request request = Requests.parse("GET / HTTP/1.0\r\n\r\n", "https", Forwarding.NONE);
        assertThat(environ(SHOP, request)).doesNotContainKeys("SERVER_NAME", "wsgi.url_scheme");
    }

    /** Both, so that who applies it need look for one of them only. */
    @Test
    void namesServerAndSchemeWhereOneOfThemIsAnother() {
        Request plain = Requests.parse("GET / HTTP/1.0\r\n\r\n", "http", Forwarding.NONE);
        assertThat(environ(SHOP, plain)).containsEntry("SERVER_NAME", "shop").containsEntry("wsgi.url_scheme", "http");
        Settings trusting = SHOP.withText("trusted_proxy", "*").withText("trusted_proxy_headers", "x-forwarded-host");
        String text = "GET / HTTP/1.0\r\nX-Forwarded-Host: a.test\r\n\r\n";
        Forwarding forwarding = (Forwarding)
                new TrustedProxy(trusting).read(Requests.parse(text).head(), "10.0.0.1", true, "https");
        assertThat(environ(trusting, Requests.parse(text, "https", forwarding)))
                .containsEntry("SERVER_NAME", "a.test")
                .containsEntry("wsgi.url_scheme", "https");
    }

    @Test
    void holdsTheNameOfARequestThatHasOne() {
        RequestId id = new RequestIds(Settings.defaults().withText("request_id", "true")).next();
        Request request = Requests.parse("GET / HTTP/1.0\r\n\r\n").called(id);
        assertThat(environ(Settings.defaults(), request))
                .containsEntry("waitress.request_id", new String(id.text(), StandardCharsets.ISO_8859_1));
        assertThat(environ("GET / HTTP/1.0\r\n\r\n")).doesNotContainKey("waitress.request_id");
    }
}
