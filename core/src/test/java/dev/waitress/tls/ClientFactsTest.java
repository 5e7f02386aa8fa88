package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What applications are told of a client's certificate, whoever has chosen the names in it. */
class ClientFactsTest {
    @TempDir
    Path folder;

    private OpenSsl openSsl;

    @BeforeEach
    void makeKey() throws Exception {
        openSsl = new OpenSsl(folder).run("ecparam -name prime256v1 -genkey -noout -out key.pem");
    }

    /** Of a certificate with these lines of OpenSSL's configuration as its subject. */
    private Map<String, String> facts(String subject, String alternatives) throws Exception {
        openSsl.write(
                "names.cnf",
                "[req]\nprompt=no\nutf8=yes\nstring_mask=utf8only\ndistinguished_name=d\nx509_extensions=e\n[d]\n"
                        + subject + "\n[e]\nsubjectAltName=@a\n[a]\n" + alternatives + "\n");
        openSsl.run("req -x509 -new -key key.pem -out one.pem -days 30 -utf8 -config names.cnf");
        X509Certificate certificate = CertificateFiles.certificates(
                        "one.pem", openSsl.text("one.pem").getBytes(StandardCharsets.US_ASCII))
                .get(0);
        Map<String, String> facts = new LinkedHashMap<>();
        ClientFacts.add(certificate, 0, facts);
        return facts;
    }

    private static String lines(int count, String form) {
        return IntStream.range(0, count)
                .mapToObj(number -> form.replace("#", String.valueOf(number)))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> names(Map<String, String> facts, String prefix) {
        return facts.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    @Nested
    class Numbers {
        @Test
        void followTheFirstOfTheSameKind() throws Exception {
            Map<String, String> facts = facts("0.OU=a\n1.OU=b\n2.OU=c\nCN=x", "DNS.0=a.test\nDNS.1=b.test\nemail=a@b");
            assertThat(facts)
                    .containsEntry("SSL_CLIENT_S_DN_CN", "x")
                    .containsEntry("SSL_CLIENT_S_DN_OU", "c") // the last comes first: RFC 2253 §2.1
                    .containsEntry("SSL_CLIENT_S_DN_OU_1", "b")
                    .containsEntry("SSL_CLIENT_S_DN_OU_2", "a")
                    .containsEntry("SSL_CLIENT_SAN_DNS_1", "b.test")
                    .containsEntry("SSL_CLIENT_SAN_Email_0", "a@b");
        }

        /**
         * A certificate of 29 KB had 2,400 of them, which took longer the more there were, and 1 MB for each client.
         */
        @Test
        void endAtTheirBound() throws Exception {
            Map<String, String> facts =
                    facts(lines(300, "#.OU=u#"), lines(300, "DNS.#=h#.test") + "\n" + lines(300, "email.#=a#@b"));
            assertThat(names(facts, "SSL_CLIENT_S_DN_")).hasSize(64).endsWith("SSL_CLIENT_S_DN_OU_63");
            assertThat(names(facts, "SSL_CLIENT_SAN_DNS_")).hasSize(64).endsWith("SSL_CLIENT_SAN_DNS_63");
            assertThat(names(facts, "SSL_CLIENT_SAN_Email_")).hasSize(64);
            assertThat(facts.get("SSL_CLIENT_S_DN")).startsWith("OU=u299,").endsWith(",OU=u0");
        }
    }

    @Nested
    class Text {
        /** Both came as "??" before: halves of pairs were encoded apart. */
        @Test
        void isOfAllCharactersThatThereAre() throws Exception {
            assertThat(facts("CN=\ud842\udfb7\u7530", "DNS=a"))
                    .containsEntry("SSL_CLIENT_S_DN_CN", "\ud842\udfb7\u7530")
                    .containsEntry("SSL_CLIENT_S_DN", "CN=\ud842\udfb7\u7530");
            assertThat(facts("CN=\ud83d\ude00\u7530", "DNS=a"))
                    .containsEntry("SSL_CLIENT_S_DN_CN", "\ud83d\ude00\u7530");
        }

        /** As mod_ssl does it: an application may put them into a header, a log, or a file of lines. */
        @Test
        void hasNoControlCharacters() throws Exception {
            Map<String, String> facts =
                    facts("CN=Jane\\r\\nX-Admin: 1\\t\u007f\u0085", "DNS=a.test\\nb\nemail=a@b\\r\\nc");
            assertThat(facts)
                    .containsEntry("SSL_CLIENT_S_DN_CN", "Jane\\0D\\0AX-Admin: 1\\09\\7F\\C2\\85")
                    .containsEntry("SSL_CLIENT_S_DN", "CN=Jane\\0D\\0AX-Admin: 1\\09\\7F\\C2\\85")
                    .containsEntry("SSL_CLIENT_I_DN_CN", "Jane\\0D\\0AX-Admin: 1\\09\\7F\\C2\\85")
                    .containsEntry("SSL_CLIENT_SAN_DNS_0", "a.test\\0Ab")
                    .containsEntry("SSL_CLIENT_SAN_Email_0", "a@b\\0D\\0Ac");
        }

        /** Or somebody named {@code a\0A} would be taken for another one. */
        @Test
        void hasBackslashesTwice() throws Exception {
            assertThat(facts("CN=a\\\\0A", "DNS=a"))
                    .containsEntry("SSL_CLIENT_S_DN_CN", "a\\\\0A")
                    .containsEntry("SSL_CLIENT_S_DN", "CN=a\\\\0A");
        }

        @Test
        void isThatOfAllPartsThatHaveNames() throws Exception {
            Map<String, String> facts = facts(
                    "CN=x\nserialNumber=123\nGN=Ada\nSN=King\ntitle=Countess\ninitials=AL\ndescription=d\nUID=ada"
                            + "\nDC=test\nemailAddress=a@b",
                    "DNS=a");
            assertThat(facts)
                    .containsEntry(
                            "SSL_CLIENT_S_DN",
                            "emailAddress=a@b,DC=test,UID=ada,description=d,initials=AL,title=Countess,SN=King,GN=Ada,"
                                    + "serialNumber=123,CN=x")
                    .containsEntry("SSL_CLIENT_S_DN_serialNumber", "123")
                    .containsEntry("SSL_CLIENT_S_DN_G", "Ada")
                    .containsEntry("SSL_CLIENT_S_DN_S", "King")
                    .containsEntry("SSL_CLIENT_S_DN_T", "Countess")
                    .containsEntry("SSL_CLIENT_S_DN_I", "AL")
                    .containsEntry("SSL_CLIENT_S_DN_D", "d")
                    .containsEntry("SSL_CLIENT_S_DN_UID", "ada")
                    .containsEntry("SSL_CLIENT_S_DN_DC", "test")
                    .containsEntry("SSL_CLIENT_S_DN_Email", "a@b");
        }
    }
}
