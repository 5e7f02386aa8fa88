package dev.waitress.tls;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a handshake has led to.
 *
 * @param shown the certificates of the client, its own first; empty if it was not asked for any, or has none
 * @param isResumed whether the session was there before the handshake
 */
public record Agreement(SSLSession session, List<X509Certificate> shown, boolean isResumed) {
    /**
     * That of a connection whose handshake is over.
     *
     * @param begunMillis time of day when that began
     */
    static Agreement of(SSLEngine engine, long begunMillis) {
        SSLSession session = engine.getSession();
        return new Agreement(session, shown(engine, session), session.getCreationTime() < begunMillis);
    }

    /** The session answers by an exception, which takes its time, where there is none. */
    private static List<X509Certificate> shown(SSLEngine engine, SSLSession session) {
        List<X509Certificate> shown = new ArrayList<>();
        if (engine.getNeedClientAuth() || engine.getWantClientAuth()) {
            try {
                for (Certificate each : session.getPeerCertificates()) {
                    shown.add((X509Certificate) each);
                }
            } catch (SSLPeerUnverifiedException e) {
                // it has none
            }
        }
        return shown;
    }
}
