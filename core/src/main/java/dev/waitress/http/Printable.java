package dev.waitress.http;

/**
 * A client's text as it may stand in a log: it can neither end the line nor steer the terminal that shows it, nor fill
 * the disk.
 */
public final class Printable {
    private static final int NO_BREAK_SPACE = 0xA0;
    private static final int SOFT_HYPHEN = 0xAD;

    /** Characters of one text in a log line; as in the workers' log. */
    static final int MOST_SHOWN = 300;

    private static final String CUT = "...";

    private Printable() {}

    /**
     * The text, one character per byte, with {@code \xNN} for what does not show, and cut where it is long; as in the
     * workers' log.
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(Math.min(text.length(), MOST_SHOWN));
        for (int i = 0; i < text.length(); i++) {
            if (printable.length() >= MOST_SHOWN) {
                return printable.append(CUT).toString();
            }
            append(text.charAt(i), printable);
        }
        return printable.toString();
    }

    private static void append(char c, StringBuilder printable) {
        if (c < ' ' || c >= 0x7F && c <= NO_BREAK_SPACE || c == SOFT_HYPHEN) {
            printable.append(String.format("\\x%02x", (int) c));
        } else {
            printable.append(c);
        }
    }
}
