package dev.waitress.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;

/** What applications are told of a client's certificate. */
final class ClientFacts {
    private static final String EMAIL = "Email";

    /** By OpenSSL's short names; the JDK knows those of RFC 2253, and would show the others as numbers. */
    private static final Map<String, String> MORE_NAMES = Map.of(
            "1.2.840.113549.1.9.1", "emailAddress",
            "2.5.4.4", "SN",
            "2.5.4.5", "serialNumber",
            "2.5.4.12", "title",
            "2.5.4.13", "description",
            "2.5.4.42", "GN",
            "2.5.4.43", "initials");

    /** What mod_ssl calls them in names of variables, where that is something else. */
    private static final Map<String, String> PARTS =
            Map.of("emailAddress", EMAIL, "SN", "S", "title", "T", "description", "D", "GN", "G", "initials", "I");

    /** Kinds of names in a certificate. RFC 5280 §4.2.1.6. */
    private static final int MAIL_NAME = 1;

    private static final int DNS_NAME = 2;

    /**
     * Parts of each distinguished name, and other names of each kind: whoever is issued a certificate may have chosen
     * thousands of them, and each would be a variable of every request.
     */
    private static final int MOST = 64;

    private static final int LINE = 64;
    private static final int HEX = 16;

    /** As OpenSSL writes it. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ClientFacts() {}

    static void add(X509Certificate certificate, long nowMillis, Map<String, String> facts) {
        add("SSL_CLIENT_S_DN", certificate.getSubjectX500Principal(), facts);
        add("SSL_CLIENT_I_DN", certificate.getIssuerX500Principal(), facts);
        facts.put(
                "SSL_CLIENT_M_SERIAL",
                certificate.getSerialNumber().toString(HEX).toUpperCase(Locale.ROOT));
        facts.put("SSL_CLIENT_V_START", TIME.format(certificate.getNotBefore().toInstant()));
        facts.put("SSL_CLIENT_V_END", TIME.format(certificate.getNotAfter().toInstant()));
        long left = certificate.getNotAfter().toInstant().toEpochMilli() - nowMillis;
        facts.put("SSL_CLIENT_V_REMAIN", String.valueOf(TimeUnit.MILLISECONDS.toDays(left)));
        addAlternatives(certificate, facts);
        facts.put("SSL_CLIENT_CERT", pem(certificate));
    }

    private static void add(String name, X500Principal principal, Map<String, String> facts) {
        String text = principal.getName(X500Principal.RFC2253, MORE_NAMES);
        facts.put(name, Escapes.inName(text));
        Map<String, Integer> counts = new HashMap<>();
        for (DistinguishedName.Part part : DistinguishedName.parts(text, MOST)) {
            String key = name + "_" + PARTS.getOrDefault(part.type(), part.type());
            int before = counts.merge(key, 1, Integer::sum) - 1;
            facts.put(before == 0 ? key : key + "_" + before, Escapes.inText(part.value()));
        }
    }

    private static void addAlternatives(X509Certificate certificate, Map<String, String> facts) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return; // it was valid without
        }
        int hosts = 0;
        int mails = 0;
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            int kind = (Integer) name.get(0);
            if (kind == DNS_NAME && hosts < MOST) {
                facts.put("SSL_CLIENT_SAN_DNS_" + hosts++, Escapes.inText(String.valueOf(name.get(1))));
            } else if (kind == MAIL_NAME && mails < MOST) {
                facts.put("SSL_CLIENT_SAN_Email_" + mails++, Escapes.inText(String.valueOf(name.get(1))));
            }
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // it came encoded
        }
    }
}
