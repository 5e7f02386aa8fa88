package dev.waitress.http;

/** A client's text as it may stand in a log: it can neither end the line nor steer the terminal that shows it. */
public final class Printable {
    private static final int NO_BREAK_SPACE = 0xA0;
    private static final int SOFT_HYPHEN = 0xAD;

    private Printable() {}

    /** The text, one character per byte, with {@code \xNN} for what does not show; as in the workers' log. */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
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
