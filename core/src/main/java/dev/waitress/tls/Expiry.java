package dev.waitress.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Warns of certificates that are about to expire: 14 days before, 3 days and one. One thread at a time. */
final class Expiry {
    private static final Logger LOG = System.getLogger("waitress");

    private static final List<Long> DAYS = List.of(1L, 3L, 14L);

    /** Of how many days each was warned. */
    private final Map<X509Certificate, Long> warned = new HashMap<>();

    /** Says what has not been said yet. */
    void warn(List<X509Certificate> present, long nowMillis) {
        warned.keySet().retainAll(present);
        for (X509Certificate each : present) {
            long left = each.getNotAfter().toInstant().toEpochMilli() - nowMillis;
            DAYS.stream()
                    .filter(days -> left <= TimeUnit.DAYS.toMillis(days))
                    .findFirst()
                    .filter(days -> days < warned.getOrDefault(each, Long.MAX_VALUE))
                    .ifPresent(days -> warn(each, days, left));
        }
    }

    private void warn(X509Certificate certificate, long days, long leftMillis) {
        warned.put(certificate, days);
        String when = certificate.getNotAfter().toInstant().toString();
        LOG.log(
                Level.WARNING,
                "the certificate of " + certificate.getSubjectX500Principal()
                        + (leftMillis < 0 ? " has expired on " : " expires on ") + when
                        + ": whatever renews it has not done so");
    }
}
