package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates with their issuers and their keys. */
class CertificateFilesTest {
    @TempDir
    private Path folder;

    private OpenSsl openSsl;

    @BeforeEach
    void makeOne() throws Exception {
        openSsl = new OpenSsl(folder);
        openSsl.run("ecparam -name prime256v1 -genkey -noout -out key.pem")
                .certify("key.pem", "cert.pem", "DNS:a.test");
    }

    private List<Identity> load(String certificate, String key, Instant now) throws TlsException {
        CertificateFiles files =
                new CertificateFiles(List.of(openSsl.path(certificate)), List.of(openSsl.path(key)), "");
        return files.identities(files.read(), now);
    }

    private void assertRefused(String certificate, String key, Instant now, String... words) {
        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> load(certificate, key, now))
                .satisfies(failure ->
                        assertThat(failure.getMessage()).contains(words).doesNotContain("\n"));
    }

    @Test
    void areRead() throws Exception {
        Identity identity = load("cert.pem", "key.pem", Instant.now()).get(0);
        assertThat(identity.names()).containsExactly("a.test");
        assertThat(identity.chain()).hasSize(1);
    }

    @Test
    void mayLieInOneFile() throws Exception {
        openSsl.write("both.pem", openSsl.text("key.pem") + openSsl.text("cert.pem"));
        assertThat(load("both.pem", "both.pem", Instant.now())).hasSize(1);
    }

    /** As careless scripts put it together: the leaf is looked for, and its issuers in their order. */
    @Test
    void arePutInOrder() throws Exception {
        String leaf = chain();
        openSsl.write(
                "chain.pem", openSsl.text("cert.pem") + openSsl.text("middle.pem") + leaf + openSsl.text("root.pem"));
        Identity identity = load("chain.pem", "leaf.key", Instant.now()).get(0);
        assertThat(identity.chain())
                .extracting(each -> each.getSubjectX500Principal().getName())
                .containsExactly("CN=leaf", "CN=middle", "CN=root");
    }

    private String chain() throws Exception {
        for (String name : List.of("root", "middle", "leaf")) {
            openSsl.run("ecparam -name prime256v1 -genkey -noout -out " + name + ".key");
        }
        openSsl.run("req -x509 -new -key root.key -out root.pem -days 30 -subj /CN=root");
        openSsl.run("req -new -key middle.key -out middle.csr -subj /CN=middle");
        openSsl.run("x509 -req -in middle.csr -CA root.pem -CAkey root.key -set_serial 2 -out middle.pem -days 30");
        openSsl.run("req -new -key leaf.key -out leaf.csr -subj /CN=leaf");
        openSsl.run("x509 -req -in leaf.csr -CA middle.pem -CAkey middle.key -set_serial 3 -out leaf.pem -days 30");
        return openSsl.text("leaf.pem");
    }

    @Test
    void mustFitTheirKey() throws Exception {
        openSsl.run("ecparam -name prime256v1 -genkey -noout -out other.pem");
        openSsl.run("genrsa -out rsa.pem 2048");
        assertRefused(
                "cert.pem", "other.pem", Instant.now(), openSsl.path("other.pem"), "does not fit the certificate");
        assertRefused("cert.pem", "rsa.pem", Instant.now(), openSsl.path("rsa.pem"), "does not fit the certificate");
    }

    @Test
    void mustBeValidNow() {
        Instant later = Instant.now().plus(Duration.ofDays(31));
        assertRefused("cert.pem", "key.pem", later, openSsl.path("cert.pem"), "has expired on", "renew it");
    }

    /** A pipe would keep its reader waiting for ever, and a device has no end. */
    @Test
    void mustBeFilesOfSomeSize() throws Exception {
        assertRefused(".", "key.pem", Instant.now(), "is no file");
        Path large = folder.resolve("large.pem");
        try (var file = Files.newByteChannel(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.position(8 * 1024 * 1024).write(ByteBuffer.wrap(new byte[1]));
        }
        assertRefused("large.pem", "key.pem", Instant.now(), "is too large: all together may have ");
    }

    @Test
    void mustBeThere() {
        assertRefused("none.pem", "key.pem", Instant.now(), openSsl.path("none.pem"), "there is no such file");
        assertRefused("key.pem", "key.pem", Instant.now(), openSsl.path("key.pem"), "there is no certificate in it");
        assertRefused("cert.pem", "cert.pem", Instant.now(), openSsl.path("cert.pem"), "there is no private key in it");
    }

    @Test
    void areDamagedWhereTheyEndTooSoon() throws Exception {
        String text = openSsl.text("cert.pem");
        openSsl.write("half.pem", text.substring(0, text.length() / 2));
        assertRefused("half.pem", "key.pem", Instant.now(), openSsl.path("half.pem"), "line 1", "cut off");
    }
}
