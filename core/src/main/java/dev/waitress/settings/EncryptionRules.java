package dev.waitress.settings;

import java.util.List;

/** Which settings of encryption make sense together. */
final class EncryptionRules {
    /** Have no meaning without it. A password may be there for all servers of a machine. */
    private static final List<Setting<?>> OF_ENCRYPTION = List.of(
            Setting.TLS_MIN_VERSION,
            Setting.CIPHERS,
            Setting.CA_CERTS,
            Setting.CERT_REQS,
            Setting.CRLFILE,
            Setting.TLS_HANDSHAKE_TIMEOUT,
            Setting.HTTP_PROTOCOLS,
            Setting.HTTP_LISTEN,
            Setting.HTTPS_REDIRECT,
            Setting.ACME_CHALLENGE_DIR,
            Setting.HSTS);

    private EncryptionRules() {}

    static boolean isWanted(Settings settings) {
        return !settings.get(Setting.CERTFILE).isEmpty() || settings.get(Setting.SELF_SIGNED);
    }

    /** Refuses what contradicts itself, or would not do what it seems to. */
    static void check(Settings settings) {
        if (!settings.get(Setting.KEYFILE).isEmpty()
                && settings.get(Setting.CERTFILE).isEmpty()) {
            throw new SettingsException("keyfile has no meaning without setting certfile");
        }
        if (!isWanted(settings)) {
            settings.requireDefaults(OF_ENCRYPTION, "has no meaning without setting certfile");
            return;
        }
        checkCertificate(settings);
        checkClients(settings);
        checkPlainAddresses(settings);
    }

    private static void checkCertificate(Settings settings) {
        int certificates = settings.get(Setting.CERTFILE).size();
        int keys = settings.get(Setting.KEYFILE).size();
        if (keys > 0 && keys != certificates) {
            throw new SettingsException(
                    "keyfile: there must be one for each certfile, but there are " + keys + " for " + certificates);
        }
        if (certificates > 0 && settings.get(Setting.SELF_SIGNED)) {
            throw new SettingsException("self_signed may not be set if certfile is set.");
        }
        if (!settings.get(Setting.UNIX_SOCKET).isEmpty()) {
            throw new SettingsException(
                    "certfile: a Unix socket stays plain, and there is no other address: leave out one of them");
        }
    }

    private static void checkClients(Settings settings) {
        boolean hasAuthorities = !settings.get(Setting.CA_CERTS).isEmpty();
        boolean asksClients = !settings.get(Setting.CERT_REQS).equals(Setting.CERT_REQS.defaultValue());
        if (asksClients && !hasAuthorities) {
            throw new SettingsException("cert_reqs: which certificates are valid? Give ca_certs too");
        }
        if (hasAuthorities && !asksClients) {
            throw new SettingsException("ca_certs: no client is asked for a certificate; give cert_reqs too");
        }
        if (!settings.get(Setting.CRLFILE).isEmpty() && !hasAuthorities) {
            throw new SettingsException("crlfile has no meaning without setting ca_certs");
        }
    }

    private static void checkPlainAddresses(Settings settings) {
        if (settings.get(Setting.HTTP_LISTEN).isEmpty()) {
            settings.requireDefaults(
                    List.of(Setting.HTTPS_REDIRECT, Setting.ACME_CHALLENGE_DIR),
                    "has no meaning without setting http_listen");
        }
    }
}
