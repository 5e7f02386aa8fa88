package dev.waitress.settings;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One word of {@code socket_options}: {@code TCP_KEEPIDLE=60}, by the name that the system's manual has. What the
 * server needs for itself is not among them: TCP_NODELAY, SO_REUSEADDR, SO_SNDBUF, SO_LINGER.
 *
 * @param name as the JDK has it
 * @param value a number; 0 or 1 for what is on or off
 */
public record ClientOption(String name, int value) {
    static final String VALID = "IP_TOS, SO_KEEPALIVE, SO_RCVBUF, TCP_KEEPCNT, TCP_KEEPIDLE or TCP_KEEPINTVL, each with"
            + " =NUMBER, separated by spaces";

    private static final Pattern WORD =
            Pattern.compile("(IP_TOS|SO_KEEPALIVE|SO_RCVBUF|TCP_KEEPCNT|TCP_KEEPIDLE|TCP_KEEPINTVL)=([0-9]{1,9})");

    /** Where the JDK has another name than the system. */
    private static final Map<String, String> NAMES =
            Map.of("TCP_KEEPCNT", "TCP_KEEPCOUNT", "TCP_KEEPINTVL", "TCP_KEEPINTERVAL");

    /**
     * Reads a word.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ClientOption of(String word) {
        Matcher parts = WORD.matcher(word);
        if (!parts.matches()) {
            throw new IllegalArgumentException(word);
        }
        String name = parts.group(1);
        return new ClientOption(NAMES.getOrDefault(name, name), Integer.parseInt(parts.group(2)));
    }

    /** The word itself, if it is one. */
    static String require(String word) {
        of(word);
        return word;
    }
}
