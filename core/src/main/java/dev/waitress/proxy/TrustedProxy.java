package dev.waitress.proxy;

import dev.waitress.http.Printable;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.PeerPattern;
import dev.waitress.settings.ProxyHeader;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which peers speak for other clients, in which headers, and what becomes of the proxy headers that do not count.
 * Thread-safe.
 */
public final class TrustedProxy {
    private static final Logger LOG = System.getLogger("waitress");

    private final List<PeerPattern> peers;
    private final int hops;
    private final Set<ProxyHeader> headers;
    private final boolean clears;
    private final boolean logsEach;

    /** Headers of which an administrator has been told that they are removed. */
    private final Set<ProxyHeader> reported = ConcurrentHashMap.newKeySet();

    public TrustedProxy(Settings settings) {
        this.peers = settings.get(Setting.TRUSTED_PROXY).stream()
                .map(PeerPattern::of)
                .toList();
        this.hops = settings.getInt(Setting.TRUSTED_PROXY_COUNT);
        this.headers = settings.trustedProxyHeaders();
        this.clears = settings.get(Setting.CLEAR_UNTRUSTED_PROXY_HEADERS);
        this.logsEach = settings.get(Setting.LOG_UNTRUSTED_PROXY_HEADERS);
    }

    /** Whether this peer, named as in {@code REMOTE_ADDR}, speaks for others. */
    public boolean trusts(String remoteAddress) {
        return peers.stream().anyMatch(peer -> peer.matches(remoteAddress));
    }

    /**
     * Reads what a head that {@link RequestHead#hasProxyFields} says of its origin.
     *
     * @param peer who sent it, as messages name it
     * @param trusted whether the peer speaks for others
     * @param ownScheme of the connection, where no proxy names another
     */
    public ForwardingOutcome read(RequestHead head, String peer, boolean trusted, String ownScheme) {
        Map<ProxyHeader, ProxyField> believed = new EnumMap<>(ProxyHeader.class);
        Set<ProxyHeader> removed = EnumSet.noneOf(ProxyHeader.class);
        BitSet hidden = new BitSet();
        for (int index = 0; index < head.fieldCount(); index++) {
            ProxyHeader header = head.isRepeated(index) ? null : headerOf(head, index);
            if (header != null && trusted && headers.contains(header)) {
                believed.put(header, new ProxyField(header.fieldName(), head.joinedValues(index)));
                hidden.set(index, isShortened(header));
            } else if (header != null && clears) {
                removed.add(header);
                hidden.set(index);
            }
        }
        report(removed, peer, trusted);
        try {
            return believe(believed, ownScheme, hidden);
        } catch (MalformedHeaderException e) {
            LOG.log(
                    Level.WARNING,
                    "Malformed proxy header \"" + e.header() + "\" from \"" + peer + "\": " + e.reason() + " value: "
                            + Printable.of(e.value()));
            return new ForwardingOutcome.Malformed(e.header());
        }
    }

    private static @Nullable ProxyHeader headerOf(RequestHead head, int field) {
        for (ProxyHeader header : ProxyHeader.values()) {
            if (head.isField(field, header.word())) {
                return header;
            }
        }
        return null;
    }

    /** Whether a header is a list, of which the application gets only what trusted proxies added. */
    private static boolean isShortened(ProxyHeader header) {
        return switch (header) {
            case X_FORWARDED_FOR, X_FORWARDED_HOST, FORWARDED -> true;
            case X_FORWARDED_PROTO, X_FORWARDED_PORT, X_FORWARDED_BY -> false;
        };
    }

    private Forwarding believe(Map<ProxyHeader, ProxyField> fields, String ownScheme, BitSet hidden)
            throws MalformedHeaderException {
        Map<ProxyHeader, String> shortened = new EnumMap<>(ProxyHeader.class);
        ProxyField forwarded = fields.get(ProxyHeader.FORWARDED);
        ForwardedClaims claims = forwarded == null
                ? new XForwarded(fields, hops, shortened).read()
                : new Forwarded(forwarded).read(hops, shortened);
        return new Forwarding(claims, ownScheme, hidden, shortened);
    }

    private void report(Set<ProxyHeader> removed, String peer, boolean trusted) {
        if (removed.isEmpty()) {
            return;
        }
        if (logsEach) {
            String names = removed.stream().map(ProxyHeader::fieldName).collect(Collectors.joining(", "));
            LOG.log(
                    Level.WARNING,
                    "Removed untrusted headers (" + names + "). Waitress recommends these be removed upstream.");
        } else if (!trusted) {
            removed.stream().filter(reported::add).forEach(header -> tellOnce(header, peer));
        }
    }

    /** Who puts a server behind a proxy and sets nothing would else wonder in silence. */
    private static void tellOnce(ProxyHeader header, String peer) {
        LOG.log(
                Level.WARNING,
                "Removed header " + header.fieldName() + " from untrusted peer " + peer
                        + ". If that is a proxy of yours, set trusted_proxy=" + peer + " and trusted_proxy_headers="
                        + header.word() + ". This is said once for each header.");
    }
}
