package dev.waitress.wsgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixMiddlewareTest {
    private static final Map<String, Object> BEFORE = Map.of(
            "PATH_INFO", "/x",
            "SCRIPT_NAME", "/set-by-the-server",
            "HTTP_HOST", "h:8080",
            "SERVER_NAME", "waitress.invalid",
            "SERVER_PORT", "8080",
            "REMOTE_ADDR", "10.0.0.1",
            "wsgi.url_scheme", "http");

    /** What the application sees of these variables. */
    private static Map<String, Object> seen(UnaryOperator<PrefixMiddleware> options, Map<String, Object> given)
            throws Exception {
        Map<String, Object> environ = new HashMap<>(BEFORE);
        environ.putAll(given);
        Map<String, Object> seen = new HashMap<>();
        Application application = (inner, startResponse) -> {
            seen.putAll(inner);
            return List.of();
        };
        options.apply(new PrefixMiddleware(application)).call(environ, (status, headers) -> block -> {});
        return seen;
    }

    /** The same, but only what differs from before; a variable that is gone has no value. */
    private static String changes(UnaryOperator<PrefixMiddleware> options, Map<String, Object> given) throws Exception {
        Map<String, Object> after = seen(options, given);
        Map<String, Object> changes = new TreeMap<>();
        after.forEach((key, value) -> {
            if (!Objects.equals(BEFORE.get(key), value) && !key.equals("SCRIPT_NAME")) {
                changes.put(key, value);
            }
        });
        return changes.toString();
    }

    @ParameterizedTest(name = "prefix {0}, path \"{1}\"")
    @CsvSource({
        "/james, /james, /, /james",
        "/james/, /james, /, /james",
        "/james, /james/, /, /james",
        "/james, /james/x, /x, /james",
        "/james, /james//x, //x, /james",
        "/james, /jamesx, /jamesx, /james",
        "/james, /other, /other, /james",
        "/james, /, /, /james",
        "/james, /x/james/y, /x/james/y, /james",
        "/, /any, /any, ''",
        "/, '', /, ''",
        "/a.b, /aXb/y, /aXb/y, /a.b"
    })
    void movesThePrefix(String prefix, String path, String pathAfter, String scriptName) throws Exception {
        assertThat(seen(middleware -> middleware.prefix(prefix), Map.of("PATH_INFO", path)))
                .containsEntry("PATH_INFO", pathAfter)
                .containsEntry("SCRIPT_NAME", scriptName);
    }

    @Nested
    class TakesFromTheProxy {
        @Test
        void theServer() throws Exception {
            assertThat(changes(m -> m, Map.of("HTTP_X_FORWARDED_SERVER", "a.com, b.com")))
                    .isEqualTo("{HTTP_HOST=a.com, SERVER_NAME=a.com}");
        }

        @Test
        void theHostWhichBeatsTheServerThere() throws Exception {
            assertThat(changes(
                            m -> m, Map.of("HTTP_X_FORWARDED_SERVER", "a.com", "HTTP_X_FORWARDED_HOST", "b.com:99, c")))
                    .isEqualTo("{HTTP_HOST=b.com:99, SERVER_NAME=a.com}");
        }

        @Test
        void theClient() throws Exception {
            assertThat(changes(m -> m, Map.of("HTTP_X_FORWARDED_FOR", "1.1.1.1, 2.2.2.2")))
                    .isEqualTo("{REMOTE_ADDR=1.1.1.1}");
            assertThat(changes(m -> m, Map.of("HTTP_X_FORWARDED_FOR", ""))).isEqualTo("{REMOTE_ADDR=}");
        }

        @Test
        void theSchemeAsAWhole() throws Exception {
            assertThat(changes(m -> m, Map.of("HTTP_X_FORWARDED_PROTO", "https, http")))
                    .isEqualTo("{wsgi.url_scheme=https, http}");
            assertThat(changes(m -> m, Map.of("HTTP_X_FORWARDED_SCHEME", "https", "HTTP_X_FORWARDED_PROTO", "ftp")))
                    .isEqualTo("{HTTP_X_FORWARDED_PROTO=ftp, wsgi.url_scheme=https}");
        }

        @Test
        void nothingIfItIsToldSo() throws Exception {
            assertThat(changes(m -> m.translateForwardedServer(false), Map.of("HTTP_X_FORWARDED_SERVER", "a.com")))
                    .isEqualTo("{HTTP_X_FORWARDED_SERVER=a.com}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "h:8080, 8443, h:8443, 8443",
        "h:8080, '', h, 80",
        "h:8080, 0, h, 80",
        "a.com:99, 81, a.com:81, 81",
        "[::1]:99, 81, [::1]:81, 81",
        "[::1], 81, [::1]:81, 81",
        "'', 81, :81, 81"
    })
    void forcesThePort(String host, String port, String hostAfter, String portAfter) throws Exception {
        assertThat(seen(m -> m.forcePort(port), Map.of("HTTP_HOST", host)))
                .containsEntry("HTTP_HOST", hostAfter)
                .containsEntry("SERVER_PORT", portAfter);
    }

    @Test
    void forcesTheSchemeAfterThePort() throws Exception {
        assertThat(changes(m -> m.scheme("https").forcePort(""), Map.of()))
                .isEqualTo("{HTTP_HOST=h, SERVER_PORT=80, wsgi.url_scheme=https}");
        assertThat(changes(m -> m.forcePort(""), Map.of("HTTP_X_FORWARDED_PROTO", "https")))
                .isEqualTo("{HTTP_HOST=h, SERVER_PORT=443, wsgi.url_scheme=https}");
    }
}
