package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of key file that tools write. */
class PrivateKeysTest {
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path folder;

    private PrivateKey find(String text, String password) throws TlsException {
        return PrivateKeys.find(Pem.read(text.getBytes(StandardCharsets.UTF_8)), password);
    }

    private void assertRefused(String text, String password, String... words) {
        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> find(text, password))
                .satisfies(failure ->
                        assertThat(failure.getMessage()).contains(words).doesNotContain("\n"));
    }

    @ParameterizedTest(name = "reads {0}")
    @CsvSource({
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, RSA",
        "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048, RSASSA-PSS",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256, EC",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384, EC",
        "genpkey -algorithm ED25519, EdDSA",
        "genrsa -traditional 2048, RSA",
        "ecparam -name prime256v1 -genkey -noout, EC",
        "ecparam -name secp384r1 -genkey, EC", // with EC PARAMETERS before it
    })
    void plain(String command, String algorithm) throws Exception {
        OpenSsl openSsl = new OpenSsl(folder);
        String[] words = command.split(" ", 2);
        openSsl.run(
                words[0].equals("genrsa")
                        ? "genrsa -traditional -out key.pem 2048"
                        : words[0] + " -out key.pem " + words[1]);
        assertThat(find(openSsl.text("key.pem"), "").getAlgorithm()).isEqualTo(algorithm);
    }

    @ParameterizedTest(name = "reads {0}")
    @ValueSource(
            strings = {
                "pkcs8 -topk8 -v2 aes-256-cbc",
                "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1",
                "pkcs8 -topk8 -v1 PBE-SHA1-3DES",
                "rsa -traditional -aes128",
                "rsa -traditional -aes192",
                "rsa -traditional -aes256",
                "rsa -traditional -des3",
            })
    void encrypted(String command) throws Exception {
        OpenSsl openSsl = new OpenSsl(folder);
        openSsl.run("genrsa -out plain.pem 2048");
        openSsl.write("password", PASSWORD);
        openSsl.run(command + " -in plain.pem -out key.pem -passout file:password");
        PrivateKey plain = find(openSsl.text("plain.pem"), "");
        String text = openSsl.text("key.pem");
        assertThat(find(text, PASSWORD)).isEqualTo(plain);
        assertRefused(text, "wrong", "wrong keyfile_password");
        assertRefused(text, "", "the key is encrypted", "WAITRESS_KEYFILE_PASSWORD");
    }

    @ParameterizedTest(name = "says what to do with {0}")
    @ValueSource(strings = {"-v2 des3", "-scrypt"})
    void unknownToTheJdk(String encryption) throws Exception {
        OpenSsl openSsl = new OpenSsl(folder);
        openSsl.run("genrsa -out plain.pem 2048");
        openSsl.write("password", PASSWORD);
        openSsl.run("pkcs8 -topk8 " + encryption + " -in plain.pem -out key.pem -passout file:password");
        assertRefused(openSsl.text("key.pem"), PASSWORD, "does not know the encryption", "openssl pkcs8 -topk8");
    }

    @Test
    void saysThatThereIsNone() {
        assertRefused("nothing of that kind\n", "", "no private key");
    }

    @ParameterizedTest(name = "says what is wrong with {0}")
    @CsvSource({
        "-----BEGIN PRIVATE KEY-----|AAAA, has no end: the file is cut off",
        "-----BEGIN PRIVATE KEY-----|A A!|-----END PRIVATE KEY-----, is not base64",
        "-----BEGIN PRIVATE KEY-----|AAAA|-----END CERTIFICATE-----, does not end PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----|-----BEGIN PRIVATE KEY-----, before the end of PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----|MIIB|-----END PRIVATE KEY-----, content is damaged",
        "-----BEGIN EC PRIVATE KEY-----|MAA=|-----END EC PRIVATE KEY-----, content is damaged",
        "-----BEGIN DSA PRIVATE KEY-----|MAA=|-----END DSA PRIVATE KEY-----, of the form DSA PRIVATE KEY",
    })
    void damaged(String lines, String reason) {
        assertRefused(lines.replace('|', '\n'), "", reason);
    }
}
