package dev.waitress.tls;

import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what is spoken inside a connection, by the cipher suite that is agreed on already: HTTP/2 forbids some, and
 * the JDK, left alone, looks at names only. RFC 7301, RFC 9113 §9.2.2.
 *
 * @param protocols the preferred first
 */
record ProtocolChooser(List<String> protocols) implements BiFunction<SSLEngine, List<String>, @Nullable String> {
    /** Null where there is none: the JDK then ends the handshake by the alert that says so. */
    @Override
    public @Nullable String apply(SSLEngine engine, List<String> offered) {
        SSLSession session = engine.getHandshakeSession();
        boolean isForHttp2 = session != null && Ciphers.isForHttp2(session.getCipherSuite());
        for (String each : protocols) {
            if (offered.contains(each) && (isForHttp2 || !each.equals(Parameters.HTTP_2))) {
                return each;
            }
        }
        return null;
    }
}
