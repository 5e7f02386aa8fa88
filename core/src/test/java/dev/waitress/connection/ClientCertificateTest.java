package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.TlsClient;
import dev.waitress.tls.Encryption;
import dev.waitress.tls.OpenSsl;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that shows a certificate of its own. */
class ClientCertificateTest {
    private static final String NEW = "TLSv1.3";

    @TempDir
    Path folder;

    private final AtomicLong aheadMillis = new AtomicLong();
    private OpenSsl openSsl;

    @BeforeEach
    void makeKey() throws Exception {
        openSsl = new OpenSsl(folder).run("ecparam -name prime256v1 -genkey -noout -out key.pem");
    }

    /** A client with a certificate that signs itself, for a subject of these lines of OpenSSL's configuration. */
    private SSLContext client(String subject) throws Exception {
        openSsl.write(
                "client.cnf", "[req]\nprompt=no\nstring_mask=utf8only\ndistinguished_name=d\n[d]\n" + subject + "\n");
        openSsl.run("req -x509 -new -key key.pem -out client.pem -days 30 -config client.cnf")
                .run("pkcs12 -export -in client.pem -inkey key.pem -out client.p12 -passout pass:secret");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("client.p12"))) {
            store.load(in, "secret".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "secret".toCharArray());
        return TlsClient.trusting(keys.getKeyManagers());
    }

    private static String lines(int count, String form) {
        return IntStream.range(0, count)
                .mapToObj(number -> form.replace("#", String.valueOf(number)))
                .collect(Collectors.joining("\n"));
    }

    /** A server's that trusts the client's certificate, and whose clock is ahead. */
    private Encryption encryption(String wanted) {
        Settings settings = Settings.ofText(
                Map.of("self_signed", "true", "ca_certs", openSsl.path("client.pem"), "cert_reqs", wanted));
        return Objects.requireNonNull(Encryption.open(settings, () -> System.currentTimeMillis() + aheadMillis.get()));
    }

    private static String fact(TlsStage stage, String name) {
        return new String(stage.peer().fact(name.getBytes(US_ASCII)), US_ASCII);
    }

    @Nested
    class WithManyNames {
        /** All that applications are told of it, with every request. */
        @Test
        void countsForThem() throws Exception {
            SSLContext client = client(lines(600, "#.OU=u#"));
            try (Encryption encryption = encryption("required");
                    TlsStage stage = new TlsStage(1 << 20, encryption)) {
                stage.shake(new TlsClient(client, NEW));
                assertThat(fact(stage, "SSL_CLIENT_VERIFY")).isEqualTo("SUCCESS");
                assertThat(fact(stage, "SSL_CLIENT_S_DN_OU_63")).isEqualTo("u536");
                assertThat(stage.peer().fact("SSL_CLIENT_S_DN_OU_64".getBytes(US_ASCII)))
                        .isEmpty();
                int certificateBytes = fact(stage, "SSL_CLIENT_CERT").length() * 3 / 4;
                assertThat(stage.loop.memory.held())
                        .isGreaterThan(
                                20L * certificateBytes + 2L * stage.peer().factsLength());
            }
        }

        @Test
        void isRefusedWhereTheyAreLongerThanTheBound() throws Exception {
            SSLContext client = client(lines(200, "#.OU=" + "x".repeat(60)));
            try (LogCapture log = new LogCapture();
                    Encryption encryption = encryption("required");
                    TlsStage stage = new TlsStage(1 << 20, encryption)) {
                TlsClient one = stage.shake(new TlsClient(client, NEW));
                stage.send(one.seal(TlsStage.GET));
                assertThat(stage.requests).isEmpty();
                assertThat(stage.told).containsExactly("closed");
                assertThat(stage.loop.memory.held()).isZero();
                assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR") || line.startsWith("WARNING"));
            }
        }
    }

    /** The JDK looks at a certificate when a session begins, and not when it goes on. */
    @Nested
    class ThatHasExpired {
        @ParameterizedTest
        @CsvSource({"TLSv1.2, required", "TLSv1.3, required", "TLSv1.2, optional", "TLSv1.3, optional"})
        void isRefusedThoughItResumesItsSession(String version, String wanted) throws Exception {
            SSLContext client = client("CN=Jane");
            try (Encryption encryption = encryption(wanted)) {
                assertThat(come(encryption, client, version)).isEqualTo("Initial SUCCESS");
                TimeUnit.MILLISECONDS.sleep(2); // a session of the same millisecond counts as a new one
                assertThat(come(encryption, client, version)).isEqualTo("Resumed SUCCESS");
                aheadMillis.set(TimeUnit.DAYS.toMillis(31));
                assertThat(come(encryption, client, version)).isEqualTo("closed");
            }
        }

        /** One that is named itself: the JDK takes its word for it. */
        @Test
        void isRefusedWhereItIsNew() throws Exception {
            SSLContext client = client("CN=Jane");
            aheadMillis.set(TimeUnit.DAYS.toMillis(31));
            try (Encryption encryption = encryption("required")) {
                assertThat(come(encryption, client, NEW)).isEqualTo("closed");
            }
        }

        /** What applications are told, or how the connection ends. */
        private String come(Encryption encryption, SSLContext context, String version) throws Exception {
            try (TlsStage stage = new TlsStage(1 << 20, encryption)) {
                TlsClient client = stage.shake(new TlsClient(context, version));
                String request = client.seal(TlsStage.GET); // first: the server may have ended the connection
                client.open(stage.wire.take());
                stage.send(request);
                return stage.requests.isEmpty()
                        ? stage.wire.end()
                        : fact(stage, "SSL_SESSION_RESUMED") + " " + fact(stage, "SSL_CLIENT_VERIFY");
            }
        }
    }
}
