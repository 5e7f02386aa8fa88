package dev.waitress.otlp;

/**
 * A host as a client has asked for it.
 *
 * @param name without brackets
 * @param port 0 if it has not named one that can be
 */
record HostText(String name, int port) {
    private static final int MOST_DIGITS = 5;

    static HostText of(String text) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String name = hasPort ? text.substring(0, colon) : text;
        boolean isBracketed = name.startsWith("[") && name.endsWith("]");
        return new HostText(
                isBracketed ? name.substring(1, name.length() - 1) : name,
                hasPort ? number(text.substring(colon + 1)) : 0);
    }

    private static int number(String digits) {
        boolean isNumber = !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(digits) : 0;
    }
}
