package dev.waitress.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * Whether the certificates of a client are valid now. The JDK looks at that when a session begins, but not when the
 * client resumes it, for a day; and never at one that {@code ca_certs} names itself.
 */
final class Validity {
    private Validity() {}

    /**
     * What is wrong; empty if nothing is, or the client has shown no certificate. Of those that it has shown beside its
     * own, some may be of no use: those that were not valid when the session began do not count.
     *
     * @param nowMillis time of day
     */
    static String fault(Agreement agreement, long nowMillis) {
        Instant begun = Instant.ofEpochMilli(agreement.session().getCreationTime());
        Instant now = Instant.ofEpochMilli(nowMillis);
        boolean isOwn = true;
        for (X509Certificate certificate : agreement.shown()) {
            if ((isOwn || isValid(certificate, begun)) && !isValid(certificate, now)) {
                return "a certificate of the client is valid from "
                        + certificate.getNotBefore().toInstant() + " to "
                        + certificate.getNotAfter().toInstant();
            }
            isOwn = false;
        }
        return "";
    }

    private static boolean isValid(X509Certificate certificate, Instant time) {
        return !time.isBefore(certificate.getNotBefore().toInstant())
                && !time.isAfter(certificate.getNotAfter().toInstant());
    }
}
