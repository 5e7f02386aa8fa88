package dev.waitress.tls;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;

/** What applications are told of an encrypted connection, by the names of Apache's mod_ssl. */
final class SessionFacts {
    private SessionFacts() {}

    /**
     * The variables of a connection whose handshake is over.
     *
     * @param nowMillis time of day
     */
    static Map<String, String> of(Agreement agreement, long nowMillis) {
        SSLSession session = agreement.session();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("HTTPS", "on");
        facts.put("SSL_PROTOCOL", session.getProtocol());
        facts.put("SSL_CIPHER", Ciphers.openSslName(session.getCipherSuite()));
        facts.put("SSL_SESSION_RESUMED", agreement.isResumed() ? "Resumed" : "Initial");
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    facts.put("SSL_TLS_SNI", host.getAsciiName());
                }
            }
        }
        if (agreement.shown().isEmpty()) {
            facts.put("SSL_CLIENT_VERIFY", "NONE");
        } else {
            facts.put("SSL_CLIENT_VERIFY", "SUCCESS");
            ClientFacts.add(agreement.shown().get(0), nowMillis, facts);
        }
        return facts;
    }
}
