package dev.waitress.proxy;

import dev.waitress.settings.IpAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection as a proxy names it (RFC 7239 §6), or a host with its port.
 *
 * @param name an address without brackets, {@code unknown} or an obfuscated name; of a host with brackets
 * @param port decimal; empty if there is none, or an obfuscated one
 */
record ForwardedNode(String name, String port) {
    private static final int LONGEST_ADDRESS = 45;
    private static final int MOST_PORT = 65_535;

    private static final Pattern OBFUSCATED = Pattern.compile("_[A-Za-z0-9._-]+");

    /**
     * Reads {@code nodename [":" node-port]}.
     *
     * @param mayBeBare whether IPv6 may stand without brackets, as X-Forwarded-For has it; then there is no port
     * @return null if it is something else
     */
    static @Nullable ForwardedNode parse(String text, boolean mayBeBare) {
        if (mayBeBare && isAddress(text)) {
            return new ForwardedNode(text, "");
        }
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String name = hasPort ? text.substring(0, colon) : text;
        String port = hasPort ? text.substring(colon + 1) : "";
        if (hasPort && !isPort(port) && !OBFUSCATED.matcher(port).matches()) {
            return null;
        }
        String shownPort = port.isEmpty() || port.startsWith("_") ? "" : withoutZeros(port);
        if (name.startsWith("[") && name.endsWith("]")) {
            String address = name.substring(1, name.length() - 1);
            return address.contains(":") && isAddress(address) ? new ForwardedNode(address, shownPort) : null;
        }
        boolean named = name.equalsIgnoreCase("unknown")
                || OBFUSCATED.matcher(name).matches()
                || !name.contains(":") && isAddress(name);
        return named ? new ForwardedNode(name, shownPort) : null;
    }

    private static boolean isAddress(String text) {
        return text.length() <= LONGEST_ADDRESS && IpAddress.parse(text).isPresent();
    }

    /** A port as applications know it: they compare texts, too. */
    static String withoutZeros(String port) {
        return String.valueOf(Integer.parseInt(port));
    }

    static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MOST_PORT;
    }
}
