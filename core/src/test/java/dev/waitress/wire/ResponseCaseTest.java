package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.wire.ResponseCase.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseCaseTest {
    private static final String RULE = "# rule: RFC 9112 §6 (why)\n";

    private static ResponseCase parse(String file) {
        return ResponseCase.parse("case", file.lines().toList());
    }

    @Test
    void readsAFile() {
        ResponseCase said = parse(
                RULE + "HEAD HTTP/1.0\nConnection: close\n--\nstart=200 OK\nlist\n--\nHTTP\\r\\n\n\\r\\n\n--\nkeep\n");
        assertThat(new String(said.request(), US_ASCII))
                .isEqualTo("HEAD /?case HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(said.steps()).containsExactly(new Step("start", "200 OK"), new Step("list", ""));
        assertThat(new String(said.answer(), US_ASCII)).isEqualTo("HTTP\r\n\r\n");
        assertThat(said.isKept()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET HTTP/1.1\n--\nlist\n--\nHTTP\n--\nkeep\n",
                RULE + "--\nlist\n--\nHTTP\n--\nkeep\n",
                RULE + "GET HTTP/1.1\n--\nlist\n--\nHTTP\n",
                RULE + "GET HTTP/1.1\n--\nlist\n--\nHTTP\n--\nkept\n",
                RULE + "GET HTTP/2.0\n--\nlist\n--\nHTTP\n--\nkeep\n",
                RULE + "GET HTTP/1.1\n--\nlist\n--\n\\q\n--\nkeep\n",
            })
    void refusesWhatIsNotInTheForm(String file) {
        assertThatThrownBy(() -> parse(file)).isInstanceOf(IllegalArgumentException.class);
    }
}
