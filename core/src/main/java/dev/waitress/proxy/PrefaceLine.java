package dev.waitress.proxy;

import dev.waitress.settings.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Version 1 of the PROXY protocol, §2.1 of its specification. */
final class PrefaceLine {
    /** With {@code PROXY} and CR LF: the longest that two IPv6 addresses can need. */
    static final int MOST_BYTES = 107;

    private static final String UNKNOWN = "UNKNOWN";
    private static final int MOST_PORT = 65_535;

    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

    private PrefaceLine() {}

    /** Reads {@code family SP source SP destination SP source-port SP destination-port}. */
    static PrefaceStep read(String line) {
        if (line.equals(UNKNOWN) || line.startsWith(UNKNOWN + " ")) {
            return PrefaceStep.Progress.NOBODY; // "must ignore anything presented before the CRLF"
        }
        String[] words = line.split(" ", -1);
        boolean ipv6 = words[0].equals("TCP6");
        if (!ipv6 && !words[0].equals("TCP4")) {
            return new PrefaceStep.Malformed("has an unknown family");
        }
        if (words.length != 5) {
            return new PrefaceStep.Malformed("has not two addresses and two ports");
        }
        Optional<IpAddress> source = address(words[1], ipv6);
        if (source.isEmpty() || address(words[2], ipv6).isEmpty()) {
            return new PrefaceStep.Malformed("has an invalid address");
        }
        if (!isPort(words[3]) || !isPort(words[4])) {
            return new PrefaceStep.Malformed("has an invalid port");
        }
        return new PrefaceStep.Client(source.get().unmapped().toString(), words[3]);
    }

    private static Optional<IpAddress> address(String text, boolean ipv6) {
        return IpAddress.parse(text).filter(address -> address.isIpv6() == ipv6);
    }

    private static boolean isPort(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= MOST_PORT;
    }
}
