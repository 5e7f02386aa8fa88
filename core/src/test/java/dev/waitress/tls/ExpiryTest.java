package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Certificates that nobody renews. */
class ExpiryTest {
    private final Expiry expiry = new Expiry();

    private static void warn(Expiry expiry, X509Certificate certificate, Duration before) {
        expiry.warn(
                List.of(certificate),
                certificate.getNotAfter().toInstant().minus(before).toEpochMilli());
    }

    @Test
    void areToldOfThreeTimes() throws Exception {
        X509Certificate certificate = SelfSigned.make(Instant.EPOCH).leaf();
        try (LogCapture log = new LogCapture()) {
            for (int hours = 24 * 20; hours >= -24; hours--) {
                warn(expiry, certificate, Duration.ofHours(hours));
            }
            assertThat(log.lines())
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("WARNING:waitress:the certificate of CN=localhost expires on"));
        }
    }

    @Test
    void areToldOfOnceWhereTheyHaveExpired() throws Exception {
        X509Certificate certificate = SelfSigned.make(Instant.EPOCH).leaf();
        try (LogCapture log = new LogCapture()) {
            warn(expiry, certificate, Duration.ofHours(-1));
            warn(expiry, certificate, Duration.ofHours(-2));
            assertThat(log.lines()).singleElement().asString().contains("CN=localhost has expired on 1970-04-01");
        }
    }

    @Test
    void areEachToldOf() throws Exception {
        X509Certificate one = SelfSigned.make(Instant.EPOCH).leaf();
        X509Certificate other = SelfSigned.make(Instant.EPOCH).leaf();
        try (LogCapture log = new LogCapture()) {
            warn(expiry, one, Duration.ofHours(1));
            warn(expiry, other, Duration.ofHours(1));
            assertThat(log.lines()).hasSize(2);
        }
    }
}
