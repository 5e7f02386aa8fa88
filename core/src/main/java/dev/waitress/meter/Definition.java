package dev.waitress.meter;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What one value of an application's metric is.
 *
 * @param name without what the kind adds, {@code _total} for instance
 * @param help what it tells
 * @param spread of a gauge; of no meaning for others
 * @param bound of a bucket, as it is shown; empty for other parts
 * @param labels names, each with its value behind it
 */
public record Definition(
        Kind kind, String name, String help, Spread spread, Part part, String bound, List<String> labels) {
    /** Names of labels, and bounds of a histogram. */
    public static final int MOST_LABELS = 32;

    private static final int MOST_NAME_CHARACTERS = 200;
    private static final int MOST_HELP_CHARACTERS = 1000;

    private static final int VALUE_BYTES = 112;

    /** Java keeps a text in two bytes for each character where one is beyond a byte, and it leaves in three. */
    private static final int WIDE_BYTES = 4;

    private static final int MOST_IN_A_BYTE = 0xFF;

    // Prometheus, "Data model": metric names and labels.
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");

    /** Those of the server. */
    private static final Pattern RESERVED =
            Pattern.compile("(?:waitress_|http_server_).*|process_(?:start_time_seconds|cpu_seconds(?:_total)?"
                    + "|resident_memory_bytes|open_fds|max_fds)");

    /**
     * Refuses what Prometheus would not read.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public Definition {
        requireName(name);
        help = help.length() > MOST_HELP_CHARACTERS ? help.substring(0, MOST_HELP_CHARACTERS) : help;
        labels = List.copyOf(labels);
        if (labels.size() % 2 != 0 || labels.size() > 2 * MOST_LABELS) {
            throw new IllegalArgumentException("metric " + name + ": " + labels.size() / 2 + " labels, limit 32");
        }
        for (int i = 0; i < labels.size(); i += 2) {
            requireLabel(kind, name, spread, labels.get(i));
        }
        if (part == Part.BUCKET) {
            bound(bound);
        }
    }

    private static void requireName(String name) {
        if (name.length() > MOST_NAME_CHARACTERS || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a metric's name is letters, digits, _ and :, not a digit first, up to "
                    + MOST_NAME_CHARACTERS + " characters; it cannot be " + shown(name));
        }
        if (RESERVED.matcher(name).matches()) {
            throw new IllegalArgumentException("metric " + name + ": names like this one are the server's own");
        }
    }

    private static void requireLabel(Kind kind, String name, Spread spread, String label) {
        boolean isTaken = kind == Kind.HISTOGRAM && label.equals("le")
                || kind == Kind.SUMMARY && label.equals("quantile")
                || kind == Kind.GAUGE && spread.isEach() && label.equals("pid");
        if (isTaken
                || label.length() > MOST_NAME_CHARACTERS
                || !LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("metric " + name + ": a label's name is letters, digits and _, not a"
                    + " digit or __ first; it cannot be " + shown(label));
        }
    }

    /** What one value of it takes up, here and in the text that is told of it, about. */
    long bytes() {
        long bytes = (long) VALUE_BYTES + name.length();
        for (String label : labels) {
            boolean isWide = label.chars().anyMatch(c -> c > MOST_IN_A_BYTE);
            bytes += isWide ? (long) WIDE_BYTES * label.length() : label.length();
        }
        return bytes;
    }

    private static String shown(String text) {
        return '"'
                + (text.length() > MOST_NAME_CHARACTERS ? text.substring(0, MOST_NAME_CHARACTERS) + "..." : text)
                + '"';
    }

    /** The number that a bound is. */
    static double bound(String text) {
        try {
            return switch (text) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a bucket up to " + shown(text), e);
        }
    }
}
