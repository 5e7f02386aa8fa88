package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cipher suites and the parts of distinguished names are called. */
class NamesTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_RSA_WITH_AES_256_GCM_SHA384, AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, ECDHE-RSA-AES256-SHA384",
        "TLS_DHE_RSA_WITH_AES_128_CBC_SHA, DHE-RSA-AES128-SHA",
    })
    void ofCiphersAreThoseOfOpenSsl(String name, String openSsl) {
        assertThat(Ciphers.openSslName(name)).isEqualTo(openSsl);
    }

    @Test
    void ofCiphersMayBeOfEitherKind() throws TlsException {
        List<String> found = Ciphers.find(
                List.of("ECDHE-RSA-AES128-GCM-SHA256:TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), Ciphers.USUAL);
        assertThat(found)
                .containsExactly(
                        "TLS_AES_128_GCM_SHA256",
                        "TLS_AES_256_GCM_SHA384",
                        "TLS_CHACHA20_POLY1305_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(Ciphers.find(List.of("TLS_AES_256_GCM_SHA384"), Ciphers.USUAL))
                .containsExactly("TLS_AES_256_GCM_SHA384");
    }

    @Test
    void ofCiphersThatTheJdkHasNotAreRefused() {
        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> Ciphers.find(List.of("HIGH:!aNULL"), Ciphers.USUAL))
                .withMessageContaining("the JDK has no HIGH, !aNULL; it has TLS_AES_128_GCM_SHA256, ");
    }

    @Test
    void haveParts() {
        assertThat(DistinguishedName.parts("CN=Jane\\, Doe,OU=a+OU=b\\C3\\A9,O=\\#x", 9))
                .containsExactly(
                        new DistinguishedName.Part("CN", "Jane, Doe"),
                        new DistinguishedName.Part("OU", "a"),
                        new DistinguishedName.Part("OU", "bé"),
                        new DistinguishedName.Part("O", "#x"));
    }
}
