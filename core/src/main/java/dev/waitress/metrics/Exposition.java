package dev.waitress.metrics;

import java.util.List;

/** Writes metrics down, family after family. One thread. */
final class Exposition {
    /** From there on a double has no digits behind the point. */
    private static final double LARGEST_EXACT = 1L << 53;

    private final Format format;
    private final StringBuilder text = new StringBuilder();

    private Family family = Family.gauge("", "");

    /** Nothing yet. */
    Exposition(Format format) {
        this.format = format;
    }

    /** What follows belongs to this one. */
    Exposition begin(Family next) {
        family = next;
        String name = next.headName(format);
        text.append("# HELP ").append(name).append(' ');
        escape(next.help(), format == Format.OPENMETRICS);
        text.append("\n# TYPE ").append(name).append(' ').append(next.type().word(format));
        text.append('\n');
        return this;
    }

    /**
     * A series.
     *
     * @param labels names, each with its value behind it
     */
    Exposition add(long value, String... labels) {
        series("", labels, "");
        text.append(' ').append(value).append('\n');
        return this;
    }

    /** The same for a value that may have a fraction. */
    Exposition add(double value, String... labels) {
        series("", labels, "");
        text.append(' ').append(number(value)).append('\n');
        return this;
    }

    /**
     * A series that has a part of the family's name.
     *
     * @param suffix what its name has behind that
     * @param bound of a bucket; empty for others
     */
    Exposition addPart(String suffix, double value, String bound, List<String> labels) {
        series(suffix, labels.toArray(String[]::new), bound);
        text.append(' ').append(number(value)).append('\n');
        return this;
    }

    /** The series of a histogram. */
    Exposition add(Histogram histogram, String... labels) {
        long soFar = 0;
        for (int place = 0; place <= histogram.size(); place++) {
            soFar += histogram.count(place);
            String bound = place == histogram.size() ? "+Inf" : String.valueOf(histogram.bound(place));
            series("_bucket", labels, bound);
            text.append(' ').append(soFar).append('\n');
        }
        series("_sum", labels, "");
        text.append(' ').append(number(histogram.sum())).append('\n');
        series("_count", labels, "");
        text.append(' ').append(soFar).append('\n');
        return this;
    }

    private void series(String suffix, String[] labels, String bound) {
        text.append(family.seriesName()).append(suffix);
        char separator = '{';
        for (int i = 0; i < labels.length; i += 2) {
            label(separator, labels[i], labels[i + 1]);
            separator = ',';
        }
        if (!bound.isEmpty()) {
            label(separator, "le", bound);
            separator = ',';
        }
        if (separator == ',') {
            text.append('}');
        }
    }

    private void label(char separator, String name, String value) {
        text.append(separator).append(name).append("=\"");
        escape(value, true);
        text.append('"');
    }

    private void escape(String value, boolean isQuoted) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '"' -> text.append(isQuoted ? "\\\"" : "\"");
                default -> text.append(Character.isSurrogate(c) && !isPaired(value, i) ? '\uFFFD' : c);
            }
        }
    }

    /** Half of a pair is no character, and has no form in UTF-8. */
    private static boolean isPaired(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < LARGEST_EXACT) {
            return String.valueOf((long) value);
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return String.valueOf(value);
    }

    /** All of it. */
    String end() {
        return format == Format.OPENMETRICS ? text + "# EOF\n" : text.toString();
    }
}
