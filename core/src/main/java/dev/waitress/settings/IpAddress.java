package dev.waitress.settings;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An IPv4 or IPv6 address; its text is read strictly, and never looked up as a name. */
public final class IpAddress {
    private static final int IPV4_OCTETS = 4;
    private static final int IPV6_OCTETS = 16;
    /** RFC 4291 §2.5.5.2: ten octets of zero, two of ones, then an IPv4 address. */
    private static final int MAPPED_PREFIX = 12;

    private final byte[] octets;

    private IpAddress(byte[] octets) {
        this.octets = octets;
    }

    public static IpAddress of(InetAddress address) {
        return new IpAddress(address.getAddress());
    }

    /**
     * An address from its octets.
     *
     * @param octets 4 or 16 of them, copied
     */
    public static IpAddress of(byte[] octets) {
        if (octets.length != IPV4_OCTETS && octets.length != IPV6_OCTETS) {
            throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length);
        }
        return new IpAddress(octets.clone());
    }

    /** {@code 192.0.2.1}, or a form of RFC 4291 §2.2, without brackets or zone. */
    public static Optional<IpAddress> parse(String text) {
        byte[] octets = text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);
        return Optional.ofNullable(octets).map(IpAddress::new);
    }

    private static byte @Nullable [] ipv4(String text) {
        String[] numbers = text.split("\\.", -1);
        if (numbers.length != IPV4_OCTETS) {
            return null;
        }
        byte[] octets = new byte[IPV4_OCTETS];
        for (int i = 0; i < IPV4_OCTETS; i++) {
            // Some read a leading zero as octal (RFC 6943 §3.1.1), so nobody can say what it means.
            if (!numbers[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(numbers[i]) > 255) {
                return null;
            }
            octets[i] = (byte) Integer.parseInt(numbers[i]);
        }
        return octets;
    }

    private static byte @Nullable [] ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] all = groups(text, true);
            return all != null && all.length == IPV6_OCTETS ? all : null;
        }
        byte[] before = groups(text.substring(0, gap), false);
        byte[] after = groups(text.substring(gap + 2), true);
        if (before == null || after == null || before.length + after.length > IPV6_OCTETS - 2) {
            return null;
        }
        byte[] octets = Arrays.copyOf(before, IPV6_OCTETS);
        System.arraycopy(after, 0, octets, IPV6_OCTETS - after.length, after.length);
        return octets;
    }

    /** The octets of {@code 2001:db8}; the last 32 bits of an address may be written as IPv4. */
    private static byte @Nullable [] groups(String text, boolean isEnd) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] groups = text.split(":", -1);
        byte[] octets = new byte[2 * groups.length + 2];
        int length = 0;
        for (int i = 0; i < groups.length && length <= IPV6_OCTETS; i++) {
            byte[] group =
                    isEnd && i == groups.length - 1 && groups[i].indexOf('.') > 0 ? ipv4(groups[i]) : group(groups[i]);
            if (group == null) {
                return null;
            }
            System.arraycopy(group, 0, octets, length, group.length);
            length += group.length;
        }
        return Arrays.copyOf(octets, length);
    }

    private static byte @Nullable [] group(String text) {
        if (!text.matches("[0-9A-Fa-f]{1,4}")) {
            return null;
        }
        int value = Integer.parseInt(text, 16);
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    public boolean isIpv6() {
        return octets.length == IPV6_OCTETS;
    }

    int bits() {
        return 8 * octets.length;
    }

    /** Itself, or the IPv4 address that it maps. */
    public IpAddress unmapped() {
        return isMapped() ? new IpAddress(Arrays.copyOfRange(octets, MAPPED_PREFIX, IPV6_OCTETS)) : this;
    }

    private boolean isMapped() {
        return isIpv6()
                && Arrays.equals(octets, 0, MAPPED_PREFIX - 2, new byte[MAPPED_PREFIX - 2], 0, MAPPED_PREFIX - 2)
                && octets[MAPPED_PREFIX - 2] == -1
                && octets[MAPPED_PREFIX - 1] == -1;
    }

    /** Whether the first bits of both are the same. */
    boolean sharesPrefix(IpAddress other, int prefixBits) {
        if (octets.length != other.octets.length) {
            return false;
        }
        int whole = prefixBits / 8;
        int mask = 0xFF00 >> prefixBits % 8;
        return Arrays.equals(octets, 0, whole, other.octets, 0, whole)
                && (prefixBits % 8 == 0 || ((octets[whole] ^ other.octets[whole]) & mask & 0xFF) == 0);
    }

    /** The form of RFC 5952: lower case, the longest run of zero groups left out. */
    @Override
    public String toString() {
        if (!isIpv6()) {
            return dotted(0);
        }
        if (isMapped()) {
            return "::ffff:" + dotted(MAPPED_PREFIX);
        }
        int gap = 0;
        int gapLength = 1; // a single zero group stays
        for (int start = 0; start < 8; start++) {
            int length = 0;
            while (start + length < 8 && group(start + length) == 0) {
                length++;
            }
            if (length > gapLength) {
                gap = start;
                gapLength = length;
            }
        }
        return gapLength == 1 ? hex(0, 8) : hex(0, gap) + "::" + hex(gap + gapLength, 8);
    }

    private String dotted(int start) {
        return (octets[start] & 0xFF) + "." + (octets[start + 1] & 0xFF) + "." + (octets[start + 2] & 0xFF) + "."
                + (octets[start + 3] & 0xFF);
    }

    private int group(int index) {
        return (octets[2 * index] & 0xFF) << 8 | octets[2 * index + 1] & 0xFF;
    }

    private String hex(int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < end; i++) {
            text.append(i > start ? ":" : "").append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }
}
