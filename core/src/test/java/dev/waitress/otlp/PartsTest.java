package dev.waitress.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.HostText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients have written, taken apart. */
class PartsTest {
    @ParameterizedTest
    @CsvSource({
        "a, a, 0",
        "a:80, a, 80",
        "[::1], ::1, 0",
        "[::1]:443, ::1, 443",
        "a:, a, 0",
        "a:x, a, 0",
        "a:99999, a, 99999",
        "a:123456, a, 0",
        "'', '', 0",
        ":, '', 0",
        "[:80, [, 80",
    })
    void ofAHost(String text, String name, int port) {
        HostText host = HostText.of(text);
        assertThat(host.name()).isEqualTo(name);
        assertThat(host.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "a=b&c, a=b&c",
        "sig=x, sig=REDACTED",
        "a=b&Signature=x&&c, a=b&Signature=REDACTED&&c",
        "AWSAccessKeyId=1&X-Goog-Signature=2=3, AWSAccessKeyId=REDACTED&X-Goog-Signature=REDACTED",
        "signal=x&Sig=y&sig, signal=x&Sig=y&sig",
    })
    void ofAQuery(String query, String shown) {
        assertThat(QueryText.of(query)).isEqualTo(shown);
    }
}
