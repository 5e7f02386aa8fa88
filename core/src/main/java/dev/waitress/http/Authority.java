package dev.waitress.http;

/** {@code host [ ":" port ]} of Host and of an absolute target: RFC 3986 §3.2.2 and §3.2.3, RFC 9110 §7.2. */
public final class Authority {
    private static final int NO_HOST = -1;
    private static final int IPV6_GROUPS = 8;

    /** Twice what a port needs: applications make numbers of them. */
    private static final int MOST_PORT_DIGITS = 10;

    private Authority() {}

    /** Whether the bytes are host and port; the host may be empty, as every reg-name. */
    public static boolean isValid(byte[] bytes, int start, int end) {
        boolean literal = start < end && bytes[start] == '[';
        int hostEnd = literal ? endOfLiteral(bytes, start + 1, end) : endOfName(bytes, start, end);
        return hostEnd != NO_HOST && (hostEnd == end || bytes[hostEnd] == ':' && isPort(bytes, hostEnd + 1, end));
    }

    // reg-name = *( unreserved / pct-encoded / sub-delims ); an IPv4address is one too
    private static int endOfName(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && (Syntax.isHostCharacter(bytes[i]) || bytes[i] == '%')) {
            if (bytes[i] == '%') {
                if (i + 2 >= end || !Syntax.isHex(bytes[i + 1]) || !Syntax.isHex(bytes[i + 2])) {
                    return NO_HOST;
                }
                i += 2;
            }
            i++;
        }
        return i;
    }

    // port = *DIGIT
    private static boolean isPort(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && Syntax.isDigit(bytes[i])) {
            i++;
        }
        return i == end && end - start <= MOST_PORT_DIGITS;
    }

    // IP-literal = "[" ( IPv6address / IPvFuture ) "]"
    private static int endOfLiteral(byte[] bytes, int start, int end) {
        int close = start;
        while (close < end && bytes[close] != ']') {
            close++;
        }
        boolean valid = close < end && (isIpv6(bytes, start, close) || isIpFuture(bytes, start, close));
        return valid ? close + 1 : NO_HOST;
    }

    // Groups of 1*4HEXDIG between colons, one run of them left out as "::"; IPv4 may stand for the last two.
    private static boolean isIpv6(byte[] bytes, int start, int end) {
        boolean leftOut = isLeftOut(bytes, start, end);
        int groups = 0;
        int i = leftOut ? start + 2 : start;
        while (i < end) {
            int group = i;
            i = endOfHex(bytes, i, end);
            if (i < end && bytes[i] == '.') {
                groups += 2;
                return isIpv4(bytes, group, end) && isComplete(groups, leftOut);
            }
            groups++;
            if (i == group || i - group > 4 || i + 1 == end || i < end && bytes[i] != ':') {
                return false;
            }
            if (isLeftOut(bytes, i, end)) {
                if (leftOut) {
                    return false;
                }
                leftOut = true;
                i++;
            }
            i++;
        }
        return isComplete(groups, leftOut);
    }

    private static boolean isLeftOut(byte[] bytes, int at, int end) {
        return at + 1 < end && bytes[at] == ':' && bytes[at + 1] == ':';
    }

    private static boolean isComplete(int groups, boolean leftOut) {
        return leftOut ? groups < IPV6_GROUPS : groups == IPV6_GROUPS;
    }

    private static int endOfHex(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && Syntax.isHex(bytes[i])) {
            i++;
        }
        return i;
    }

    // dec-octet "." dec-octet "." dec-octet "." dec-octet, each 0 to 255 without leading zeros
    private static boolean isIpv4(byte[] bytes, int start, int end) {
        int i = start;
        for (int octet = 0; octet < 4; octet++) {
            if (octet > 0 && (i == end || bytes[i++] != '.')) {
                return false;
            }
            int first = i;
            int value = 0;
            while (i < end && Syntax.isDigit(bytes[i]) && i - first < 3) {
                value = 10 * value + bytes[i++] - '0';
            }
            if (i == first || value > 255 || bytes[first] == '0' && i - first > 1) {
                return false;
            }
        }
        return i == end;
    }

    // IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
    private static boolean isIpFuture(byte[] bytes, int start, int end) {
        if (start == end || (bytes[start] | 0x20) != 'v') {
            return false;
        }
        int dot = endOfHex(bytes, start + 1, end);
        if (dot == start + 1 || dot + 1 >= end || bytes[dot] != '.') {
            return false;
        }
        int i = dot + 1;
        while (i < end && (Syntax.isHostCharacter(bytes[i]) || bytes[i] == ':')) {
            i++;
        }
        return i == end;
    }
}
