package dev.waitress.cli;

import java.util.Map;

/**
 * What only properties of the whole process can tell the JDK about TLS, which reads them once. A server inside another
 * program leaves them to that.
 */
final class TlsProperties {
    private static final Map<String, String> WANTED = Map.of(
            // A client could have us compute handshakes without end. RFC 5746, CVE-2011-1473.
            "jdk.tls.rejectClientInitiatedRenegotiation",
            "true",
            // Those that are fast, and that clients have; the others are of no use to anybody.
            "jdk.tls.namedGroups",
            "x25519,secp256r1,secp384r1");

    private TlsProperties() {}

    /** Sets those that the operator has not set. */
    static void set() {
        WANTED.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
