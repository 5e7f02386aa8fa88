package dev.waitress.net;

import java.net.Inet6Address;
import java.net.InetAddress;

/** The usual text form of an address: that of RFC 5952 for IPv6, which the JDK writes out in full. */
public final class NumericAddress {
    private static final int GROUPS = 8;

    private NumericAddress() {}

    /** Without brackets; with its zone where it has one. */
    public static String of(InetAddress address) {
        String full = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return full;
        }
        int zone = full.indexOf('%');
        return compress(address.getAddress()) + (zone < 0 ? "" : full.substring(zone));
    }

    /** Leaves out the longest run of zeros, the first of several. */
    private static String compress(byte[] bytes) {
        int longest = 0;
        int start = -1;
        for (int i = 0; i < GROUPS; i++) {
            int length = zeros(bytes, i);
            if (length > Math.max(1, longest)) {
                longest = length;
                start = i;
            }
        }
        return start < 0 ? join(bytes, 0, GROUPS) : join(bytes, 0, start) + "::" + join(bytes, start + longest, GROUPS);
    }

    private static int zeros(byte[] bytes, int from) {
        int to = from;
        while (to < GROUPS && group(bytes, to) == 0) {
            to++;
        }
        return to - from;
    }

    private static String join(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i > from ? ":" : "").append(Integer.toHexString(group(bytes, i)));
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xff) << 8 | bytes[2 * index + 1] & 0xff;
    }
}
