package dev.waitress.wsgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
    private static final Header TEXT = new Header("Content-Type", "text/plain");

    private static Map<String, Object> environ() {
        Map<String, Object> environ = new HashMap<>();
        for (String key : List.of("SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")) {
            environ.put(key, "");
        }
        environ.put("REQUEST_METHOD", "GET");
        environ.put("PATH_INFO", "/");
        environ.put("wsgi.url_scheme", "http");
        environ.put("wsgi.version", List.of(1, 0));
        environ.put("wsgi.input", InputStream.nullInputStream());
        environ.put("wsgi.errors", System.err);
        environ.put("wsgi.multithread", true);
        environ.put("wsgi.multiprocess", false);
        environ.put("wsgi.run_once", false);
        return environ;
    }

    /** Serves one request as a server would. */
    private static List<byte[]> serve(Application application, Map<String, Object> environ) throws Exception {
        List<byte[]> blocks = new ArrayList<>();
        Iterable<byte[]> body = new Validator(application).call(environ, (status, headers) -> blocks::add);
        try {
            body.forEach(blocks::add);
        } finally {
            ((AutoCloseable) body).close();
        }
        return blocks;
    }

    private static Application answering(String status, List<Header> headers, byte[]... blocks) {
        return (environ, startResponse) -> {
            startResponse.start(status, headers);
            return Arrays.asList(blocks);
        };
    }

    private static void refused(Application application, String rule) {
        assertThatThrownBy(() -> serve(application, environ()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(rule);
    }

    @Test
    void passesOnWhatIsRight() throws Exception {
        Application application = (environ, startResponse) -> {
            startResponse.start("200 OK", TEXT).write(new byte[] {1});
            return List.of(new byte[] {2});
        };
        assertThat(serve(application, environ())).containsExactly(new byte[] {1}, new byte[] {2});
        assertThatCode(() -> serve(answering("304 Not Modified", List.of(TEXT)), environ()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST_METHOD, , REQUEST_METHOD is not text",
        "wsgi.input, text, wsgi.input is not a stream",
        "wsgi.errors, text, wsgi.errors is not a stream",
        "wsgi.version, 1.0, 'wsgi.version is not (1, 0)'",
        "wsgi.run_once, no, wsgi.run_once is not true or false",
        "SCRIPT_NAME, /, SCRIPT_NAME is a slash alone",
        "SCRIPT_NAME, x, SCRIPT_NAME does not begin with a slash",
        "PATH_INFO, x, PATH_INFO does not begin with a slash",
        "HTTP_CONTENT_TYPE, a/b, HTTP_CONTENT_TYPE is CONTENT_TYPE",
        "HTTP_CONTENT_LENGTH, 1, HTTP_CONTENT_LENGTH is CONTENT_LENGTH",
        "HTTP_X, \u20ac, HTTP_X has a character beyond U+00FF"
    })
    void refusesAServerWithAnotherEnviron(String key, String value, String rule) {
        Map<String, Object> environ = environ();
        environ.put(key, value);
        assertThatThrownBy(() -> serve(answering("200 OK", List.of(TEXT)), environ))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(rule);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "200", "200OK", "99 x", "100 Continue", "600 x", "200 a\nb", "abc def"})
    void refusesAStatusThatIsNone(String status) {
        refused(answering(status, List.of(TEXT)), "the status is not three digits, a space and a reason");
    }

    @Test
    void refusesHeadersThatAreNone() {
        refused(answering("200 OK", List.of(TEXT, new Header("a b", "c"))), "is not a token");
        refused(answering("200 OK", List.of(TEXT, new Header("a", "b\rc"))), "has a control character");
        refused(answering("200 OK", List.of(TEXT, new Header("Status", "200"))), "the status is no header");
        refused(answering("200 OK", List.of(TEXT, TEXT)), "two headers Content-Type");
        refused(answering("200 OK", List.of()), "no Content-Type");
        refused(answering("204 No Content", List.of(TEXT)), "a Content-Type of a response without content");
    }

    @Test
    void refusesABodyThatIsNone() {
        refused((environ, startResponse) -> nothing(), "the application returned null");
        refused(answering("200 OK", List.of(TEXT), new byte[0], nothing()), "a block of the body is null");
        refused(answering("304 Not Modified", List.of(), new byte[1]), "content of a response that has none");
        refused((environ, startResponse) -> List.of(new byte[1]), "start_response was not called before");
        refused((environ, startResponse) -> List.of(), "start_response was never called");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what an application must not return
    private static <T> T nothing() {
        return null;
    }

    @Test
    void refusesASecondStart() {
        refused(
                (environ, startResponse) -> {
                    startResponse.start("200 OK", TEXT);
                    startResponse.start("200 OK", TEXT);
                    return List.of();
                },
                "start_response was called twice");
    }

    @Test
    void refusesAWriteAfterTheEnd() throws Exception {
        List<StartResponse.Write> kept = new ArrayList<>();
        serve(
                (environ, startResponse) -> {
                    kept.add(startResponse.start("200 OK", TEXT));
                    return List.of();
                },
                environ());
        assertThatThrownBy(() -> kept.get(0).write(new byte[1])).hasMessageContaining("after the end of the body");
    }

    @Test
    void refusesAServerThatIteratesOrClosesTwice() throws Exception {
        Iterable<byte[]> body =
                new Validator(answering("200 OK", List.of(TEXT))).call(environ(), (status, headers) -> block -> {});
        Iterator<byte[]> iterator = body.iterator();
        assertThatThrownBy(body::iterator).hasMessageContaining("iterated twice");
        ((AutoCloseable) body).close();
        assertThatThrownBy(iterator::hasNext).hasMessageContaining("after the body was closed");
        assertThatThrownBy(((AutoCloseable) body)::close).hasMessageContaining("closed twice");
    }
}
