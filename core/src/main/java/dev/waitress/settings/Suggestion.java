package dev.waitress.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody meant who has misspelt a name. */
public final class Suggestion {
    /** A shorter name is the beginning of too many words. */
    private static final int LONG_ENOUGH_TO_BEGIN_WITH = 4;

    private static final int MOST_EDITS = 3;
    private static final int LETTERS_PER_EDIT = 3;

    private Suggestion() {}

    /** The known name that is nearest to a wrong one, if one is near. */
    public static Optional<String> nearest(String wrong, Collection<String> known) {
        int most = Math.min(MOST_EDITS, Math.max(1, wrong.length() / LETTERS_PER_EDIT));
        return nearest(wrong, known, Math.min(most, MOST_EDITS - 1))
                .or(() -> known.stream()
                        .filter(name -> name.length() >= LONG_ENOUGH_TO_BEGIN_WITH && wrong.startsWith(name))
                        .max(Comparator.comparingInt(String::length)))
                .or(() -> nearest(wrong, known, most));
    }

    private static Optional<String> nearest(String wrong, Collection<String> known, int mostEdits) {
        return known.stream()
                .filter(name -> edits(wrong, name) <= mostEdits)
                .min(Comparator.comparingInt(name -> edits(wrong, name)));
    }

    /** The end of a message: what was meant, in quotes, or nothing. */
    static String question(String wrong, Collection<String> known) {
        return nearest(wrong, known)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** Letters to insert, remove or replace, and neighbours to exchange, until one is the other. */
    private static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (areExchanged(from, i, to, j)) {
                    row[j] = Math.min(row[j], 1 + beforeLast[j - 2]);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[to.length()];
    }

    private static boolean areExchanged(String from, int i, String to, int j) {
        return i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
