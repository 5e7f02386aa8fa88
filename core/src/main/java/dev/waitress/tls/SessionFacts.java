package dev.waitress.tls;

import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What applications are told of an encrypted connection, by the names of Apache's mod_ssl. */
final class SessionFacts {
    private SessionFacts() {}

    /**
     * The variables of a connection whose handshake is over.
     *
     * @param begunMillis time of day when that began
     * @param nowMillis time of day
     */
    static Map<String, String> of(SSLSession session, long begunMillis, long nowMillis) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("HTTPS", "on");
        facts.put("SSL_PROTOCOL", session.getProtocol());
        facts.put("SSL_CIPHER", Ciphers.openSslName(session.getCipherSuite()));
        facts.put("SSL_SESSION_RESUMED", isResumed(session, begunMillis) ? "Resumed" : "Initial");
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    facts.put("SSL_TLS_SNI", host.getAsciiName());
                }
            }
        }
        try {
            X509Certificate client = (X509Certificate) session.getPeerCertificates()[0];
            facts.put("SSL_CLIENT_VERIFY", "SUCCESS");
            ClientFacts.add(client, nowMillis, facts);
        } catch (SSLPeerUnverifiedException e) {
            facts.put("SSL_CLIENT_VERIFY", "NONE"); // it has shown no certificate
        }
        return facts;
    }

    /**
     * Whether a session was there before its handshake.
     *
     * @param begunMillis time of day when that began
     */
    static boolean isResumed(SSLSession session, long begunMillis) {
        return session.getCreationTime() < begunMillis;
    }
}
