package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether connections begin with a preface of the PROXY protocol, and what is said of those that do not. Event loop
 * only.
 */
final class PrefaceRule {
    private static final Logger LOG = System.getLogger("waitress");

    /** So that nobody fills memory or the log from many addresses. */
    private static final int MOST_REPORTED = 100;

    private final boolean wanted;
    private final TrustedProxy trustedProxy;

    /** Peers of which an administrator has been told. */
    private final Set<String> reported = new HashSet<>();

    PrefaceRule(Settings settings, TrustedProxy trustedProxy) {
        this.wanted = settings.get(Setting.PROXY_PROTOCOL);
        this.trustedProxy = trustedProxy;
    }

    boolean areWanted() {
        return wanted;
    }

    /** Whether this peer may say for whom it connects; if not, the connection is to be closed. */
    boolean areTakenFrom(Peer peer) {
        if (trustedProxy.trusts(peer.hopAddress())) {
            return true;
        }
        report(peer, "it is not in trusted_proxy, and proxy_protocol is on");
        return false;
    }

    /** A trusted proxy sent no preface, or none that can be read. */
    void refused(Peer proxy, String reason) {
        report(proxy, "its PROXY protocol header " + reason);
    }

    private void report(Peer peer, String reason) {
        String address = peer.hopAddress();
        // Who forgets the proxy's side of it, or a proxy's address, would else wonder in silence.
        boolean isNew = reported.size() < MOST_REPORTED && reported.add(address);
        String message = "refused a connection from " + address + ": " + reason;
        LOG.log(
                isNew ? Level.WARNING : Level.DEBUG,
                isNew ? message + ". This is said once for each address." : message);
    }
}
