package dev.waitress.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * How much of the heap an encrypted connection takes as long as it lasts. A session that was resumed holds certificates
 * of its own, the server's too, which the JDK has read from the ticket once more: with a chain of three it takes four
 * times as much as a new one. Measured on Java 17, in KiB: new 6 to 10; resumed with one small certificate 11, with two
 * of RSA 26, with three 34, with two and two of the client 48, with one of 4.7 KB that has 200 names 47.
 */
final class SessionMemory {
    private static final int ENGINE_BYTES = 10 * 1024;

    private static final int CERTIFICATE_BYTES = 2 * 1024;

    /** Each of its bytes is kept more than once, and names become objects. */
    private static final int COPIES = 8;

    /** Up to here a client's certificate is a usual one. Those that are longer have many names, and short ones. */
    private static final int USUAL_BYTES = 4 * 1024;

    /** For each byte beyond: 2,400 parts of a name, or 3,500 other names, in 29 KB took some 700 KiB on Java 17. */
    private static final int COPIES_OF_NAMES = 28;

    private SessionMemory() {}

    /** Bytes, rather too many than too few. */
    static int of(Agreement agreement) {
        int bytes = ENGINE_BYTES;
        if (agreement.isResumed()) {
            bytes += of(List.of(agreement.session().getLocalCertificates())); // they were read for it alone
        }
        return bytes + of(agreement.shown()) + ofNames(agreement.shown());
    }

    private static int of(List<? extends Certificate> certificates) {
        int bytes = 0;
        for (Certificate each : certificates) {
            bytes += CERTIFICATE_BYTES + COPIES * length(each);
        }
        return bytes;
    }

    private static int ofNames(List<X509Certificate> certificates) {
        int bytes = 0;
        for (X509Certificate each : certificates) {
            bytes += (COPIES_OF_NAMES - COPIES) * Math.max(0, length(each) - USUAL_BYTES);
        }
        return bytes;
    }

    private static int length(Certificate certificate) {
        try {
            return certificate.getEncoded().length;
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was received cannot be sent", e);
        }
    }
}
