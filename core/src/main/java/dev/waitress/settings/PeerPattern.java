package dev.waitress.settings;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One word of {@code trusted_proxy}: an address, a network ({@code 10.0.0.0/8}), {@code localhost} for whoever connects
 * through a Unix socket, or {@code *} for everybody.
 */
public final class PeerPattern {
    private final String word;
    private final @Nullable IpAddress network;
    private final int prefixBits;

    private PeerPattern(String word, @Nullable IpAddress network, int prefixBits) {
        this.word = word;
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /**
     * Reads a word.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static PeerPattern of(String word) {
        if (word.equals("*") || word.equals("localhost")) {
            return new PeerPattern(word, null, 0);
        }
        int slash = word.indexOf('/');
        IpAddress address = IpAddress.parse(withoutZone(slash < 0 ? word : word.substring(0, slash)))
                .orElseThrow(PeerPattern::invalid);
        int prefix = slash < 0 ? address.bits() : prefix(word.substring(slash + 1), address.bits());
        // Peers of a dual-stack socket are seen as IPv4.
        IpAddress unmapped = prefix < 96 ? address : address.unmapped();
        return new PeerPattern(word, unmapped, prefix - (address.bits() - unmapped.bits()));
    }

    /** The word itself, if it is one of these. */
    static String require(String word) {
        return of(word).word;
    }

    private static int prefix(String digits, int most) {
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > most) {
            throw invalid();
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException(
                "must be addresses, networks such as 10.0.0.0/8, localhost (Unix sockets) or *");
    }

    private static String withoutZone(String address) {
        int percent = address.indexOf('%');
        return percent < 0 ? address : address.substring(0, percent);
    }

    /** Whether it means this peer, named as in {@code REMOTE_ADDR}. */
    public boolean matches(String remoteAddress) {
        if (word.equals("*") || word.equals(remoteAddress)) {
            return true;
        }
        if (network == null || word.indexOf('%') >= 0) {
            return false;
        }
        Optional<IpAddress> address = IpAddress.parse(withoutZone(remoteAddress));
        return address.isPresent() && network.sharesPrefix(address.get(), prefixBits);
    }
}
