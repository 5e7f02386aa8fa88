package dev.waitress.http;

/**
 * A request that the server refuses: answer it, then close.
 *
 * @param rule the reason
 * @param text what the client is told
 * @param minorVersion of the answer: 0 until the request line was accepted, then that of the request
 * @param headRequest whether the answer must not have a body
 */
public record Rejection(Rule rule, String text, int minorVersion, boolean headRequest) {
    private static final int MOST_ECHOED = 100;

    public static Rejection of(Rule rule) {
        return of(rule, "");
    }

    /** With a detail, for a rule that shows one. */
    public static Rejection of(Rule rule, String detail) {
        return new Rejection(rule, rule.text(detail), 0, false);
    }

    /** As the answer to a request whose line was understood. */
    public Rejection forRequest(int answeredMinorVersion, boolean isHead) {
        return new Rejection(rule, text, answeredMinorVersion, isHead);
    }

    /** A client's bytes as they may be shown to it and in logs: bounded, with control characters escaped. */
    public static String echo(byte[] bytes, int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < Math.min(end, start + MOST_ECHOED); i++) {
            int octet = bytes[i] & 0xFF;
            if (octet < ' ' || octet >= 0x7F) {
                text.append(String.format("\\x%02x", octet));
            } else {
                text.append((char) octet);
            }
        }
        return text.toString();
    }
}
