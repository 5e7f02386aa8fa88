package dev.waitress.tls;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

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
    static String fault(SSLSession session, long nowMillis) {
        Instant begun = Instant.ofEpochMilli(session.getCreationTime());
        Instant now = Instant.ofEpochMilli(nowMillis);
        boolean isOwn = true;
        for (Certificate each : shown(session)) {
            X509Certificate certificate = (X509Certificate) each;
            if ((isOwn || isValid(certificate, begun)) && !isValid(certificate, now)) {
                return "a certificate of the client is valid from "
                        + certificate.getNotBefore().toInstant() + " to "
                        + certificate.getNotAfter().toInstant();
            }
            isOwn = false;
        }
        return "";
    }

    private static Certificate[] shown(SSLSession session) {
        try {
            return session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            return new Certificate[0];
        }
    }

    private static boolean isValid(X509Certificate certificate, Instant time) {
        return !time.isBefore(certificate.getNotBefore().toInstant())
                && !time.isAfter(certificate.getNotAfter().toInstant());
    }
}
