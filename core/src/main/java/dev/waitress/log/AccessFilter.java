package dev.waitress.log;

import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests have a line: those for which every condition of {@code access_log_filter} holds. What paths say is
 * known when a request comes, and nothing is composed for one that has no line. Event loop only.
 */
final class AccessFilter {
    private static final Pattern STATUS = Pattern.compile("status(>=|<=|!=|=|<|>)(\\d{3})");
    private static final Pattern PATH = Pattern.compile("(not +)?path:(/[!-~]*)");
    private static final Pattern SAMPLE = Pattern.compile("sample:(0?\\.\\d{1,9}|[01](?:\\.0{1,9})?)");

    /** Ten times a tenth is less than one. */
    private static final double ROUNDING = 1e-10;

    /** Begins as this one does, or does not. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record PathCondition(byte[] beginning, boolean isWanted) {
        boolean holds(@Nullable RequestHead head) {
            return begins(head) == isWanted;
        }

        private boolean begins(@Nullable RequestHead head) {
            if (head == null || head.pathEnd() - head.pathStart() < beginning.length) {
                return false;
            }
            byte[] bytes = head.bytes();
            int start = head.pathStart();
            for (int i = 0; i < beginning.length; i++) {
                if (bytes[start + i] != beginning[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<PathCondition> paths = new ArrayList<>();
    private IntPredicate status = code -> true;
    private boolean knowsStatus;
    private double share = 1;

    /** What of a line is due by now: at one there is one. */
    private double due;

    private AccessFilter() {}

    /**
     * The filter that a setting spells out; an empty one lets everything pass.
     *
     * @throws SettingsException if a condition is none, which it names
     */
    static AccessFilter parse(String text) {
        AccessFilter filter = new AccessFilter();
        if (text.isBlank()) {
            return filter;
        }
        int at = 0;
        for (String condition : text.split(",", -1)) {
            if (!filter.add(condition.strip())) {
                throw new SettingsException("access_log_filter: \"" + condition.strip() + "\" at character " + (at + 1)
                        + " is no condition; there are status>=400 (or =, !=, <, <=, >), path:/start, not path:/start"
                        + " and sample:0.01, joined with commas");
            }
            at += condition.length() + 1;
        }
        return filter;
    }

    private boolean add(String condition) {
        Matcher match = STATUS.matcher(condition);
        if (match.matches()) {
            knowsStatus = true;
            status = status.and(comparison(match.group(1), Integer.parseInt(match.group(2))));
            return true;
        }
        match = PATH.matcher(condition);
        if (match.matches()) {
            paths.add(new PathCondition(Ascii.bytes(match.group(2)), match.group(1) == null));
            return true;
        }
        match = SAMPLE.matcher(condition);
        if (match.matches() && share == 1) {
            share = Double.parseDouble(match.group(1));
            return true;
        }
        return false;
    }

    private static IntPredicate comparison(String operator, int bound) {
        return switch (operator) {
            case ">=" -> code -> code >= bound;
            case "<=" -> code -> code <= bound;
            case "!=" -> code -> code != bound;
            case "<" -> code -> code < bound;
            case ">" -> code -> code > bound;
            default -> code -> code == bound;
        };
    }

    /**
     * Whether a request may have a line; asked once for each.
     *
     * @param head null if there is none, and then no path begins in any way
     */
    boolean wants(@Nullable RequestHead head) {
        for (int i = 0; i < paths.size(); i++) {
            if (!paths.get(i).holds(head)) {
                return false;
            }
        }
        return knowsStatus || isSampled();
    }

    /** Whether one that may have a line has it, now that its answer is known; asked once for each. */
    boolean wants(int statusCode) {
        return !knowsStatus || status.test(statusCode) && isSampled();
    }

    /** Every so many of those that all other conditions let pass; the first of them comes when a whole one is due. */
    private boolean isSampled() {
        if (share == 1) {
            return true;
        }
        due += share;
        if (due < 1 - ROUNDING) {
            return false;
        }
        due -= 1;
        return true;
    }
}
