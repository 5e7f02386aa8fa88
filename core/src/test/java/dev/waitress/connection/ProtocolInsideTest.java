package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.testkit.TlsClient;
import dev.waitress.tls.Encryption;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is spoken over an encrypted connection: both sides agree on it in the handshake. RFC 7301. */
class ProtocolInsideTest {
    private static final String OLD = "TLSv1.2";
    private static final String CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";
    private static final String GCM = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

    private static Encryption encryption(String http) {
        Settings settings = Settings.ofText(Map.of(
                "self_signed", "true", "ciphers", "TLS_AES_128_GCM_SHA256:" + CBC + ":" + GCM, "http_protocols", http));
        return Objects.requireNonNull(Encryption.open(settings, System::currentTimeMillis));
    }

    private static TlsClient client(SSLContext context, String version, String cipher, String... protocols) {
        TlsClient client = new TlsClient(context, version);
        SSLParameters parameters = client.engine().getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        parameters.setCipherSuites(new String[] {cipher});
        client.engine().setSSLParameters(parameters);
        return client;
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256, h2",
        "TLSv1.2, " + GCM + ", h2",
        // RFC 9113 §9.2.2: clients may end such a connection, and do
        "TLSv1.2, " + CBC + ", http/1.1",
    })
    void dependsOnTheCipherSuite(String version, String cipher, String expected) throws Exception {
        SSLContext context = TlsClient.trusting();
        try (Encryption encryption = encryption("h2 h1")) {
            for (int i = 0; i < 2; i++) { // the second one resumes the session
                try (TlsStage stage = new TlsStage(1 << 20, encryption)) {
                    TlsClient client = stage.shake(client(context, version, cipher, "h2", "http/1.1"));
                    client.open(stage.wire.take());
                    assertThat(stage.agreed()).isEqualTo(expected);
                    assertThat(client.engine().getApplicationProtocol()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void isHttp11WhereTheClientNamesNone() throws Exception {
        try (Encryption encryption = encryption("h2 h1");
                TlsStage stage = new TlsStage(1 << 20, encryption)) {
            stage.shake(client(TlsClient.trusting(), OLD, CBC));
            assertThat(stage.agreed()).isEmpty();
        }
    }

    /** RFC 7301 §3.2. */
    @ParameterizedTest
    @CsvSource({"h2, " + CBC, "spdy/1, " + GCM})
    void isNoneWhereTheClientHasNoOther(String offered, String cipher) throws Exception {
        try (Encryption encryption = encryption("h2 h1");
                TlsStage stage = new TlsStage(1 << 20, encryption)) {
            stage.send(client(TlsClient.trusting(), OLD, cipher, offered).shake(""));
            assertThat(stage.wire.received()).startsWith("\u0015\u0003\u0003\u0000\u0002\u0002x"); // fatal, 120
            assertThat(stage.wire.end()).isEqualTo("shut");
        }
    }

    @Test
    void isNotHttp2WhereThatIsNotWanted() throws Exception {
        try (Encryption encryption = encryption("h1");
                TlsStage stage = new TlsStage(1 << 20, encryption)) {
            stage.shake(client(TlsClient.trusting(), OLD, GCM, "h2", "http/1.1"));
            assertThat(stage.agreed()).isEqualTo("http/1.1");
        }
    }
}
