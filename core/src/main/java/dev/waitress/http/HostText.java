package dev.waitress.http;

/**
 * A host as a client has asked for it.
 *
 * @param host as it stands in a URL; empty if there is none
 * @param port 0 if it has not named one that can be
 */
public record HostText(String host, int port) {
    private static final int MOST_DIGITS = 5;

    /** Of the value of a Host field, or of an authority. */
    public static HostText of(String text) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        return new HostText(hasPort ? text.substring(0, colon) : text, hasPort ? number(text.substring(colon + 1)) : 0);
    }

    /** The host without the brackets of an IPv6 address. */
    public String name() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int number(String digits) {
        boolean isNumber = !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(digits) : 0;
    }
}
