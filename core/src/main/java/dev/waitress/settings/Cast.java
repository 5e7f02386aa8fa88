package dev.waitress.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How a setting reads its text form, and what it accepts; the reason of a refusal is the exception's message. */
interface Cast<T> {
    T parse(String text);

    /** Checks a typed value; the text form goes through here too. */
    default T check(T value) {
        return value;
    }

    /** The value word of the help text, for example {@code INT}; empty for a flag. */
    String word();

    static Cast<String> text() {
        return new Cast<>() {
            @Override
            public String parse(String text) {
                return text;
            }

            @Override
            public String word() {
                return "TEXT";
            }
        };
    }

    /** Decimal digits with an optional sign and spaces around, within {@code min..max}. */
    static Cast<Long> integer(long min, long max) {
        return new Cast<>() {
            @Override
            public Long parse(String text) {
                try {
                    return check(Long.parseLong(text.trim()));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("must be a whole number");
                }
            }

            @Override
            public Long check(Long value) {
                if (value < min || value > max) {
                    throw new IllegalArgumentException(
                            max == Long.MAX_VALUE ? "must be at least " + min : "must be from " + min + " to " + max);
                }
                return value;
            }

            @Override
            public String word() {
                return "INT";
            }
        };
    }

    static Cast<Boolean> flag() {
        Set<String> yes = Set.of("t", "true", "y", "yes", "on", "1");
        Set<String> no = Set.of("f", "false", "n", "no", "off", "0", "");
        return new Cast<>() {
            @Override
            public Boolean parse(String text) {
                String word = text.trim().toLowerCase(Locale.ROOT);
                if (!yes.contains(word) && !no.contains(word)) {
                    throw new IllegalArgumentException("must be true or false");
                }
                return yes.contains(word);
            }

            @Override
            public String word() {
                return "";
            }
        };
    }

    /** A file mode: octal digits, optionally after {@code 0o}. */
    static Cast<Integer> octal() {
        return new Cast<>() {
            @Override
            public Integer parse(String text) {
                String digits = text.trim();
                try {
                    return check(Integer.parseInt(digits.startsWith("0o") ? digits.substring(2) : digits, 8));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("must be octal digits");
                }
            }

            @Override
            public Integer check(Integer value) {
                if (value < 0 || value > 0777) {
                    throw new IllegalArgumentException("must be from 0 to 777, octal");
                }
                return value;
            }

            @Override
            public String word() {
                return "OCTAL";
            }
        };
    }

    /** Text split on white space; commas do not separate. */
    static Cast<List<String>> list() {
        return new Cast<>() {
            @Override
            public List<String> parse(String text) {
                String trimmed = text.trim();
                return trimmed.isEmpty() ? List.of() : List.copyOf(Arrays.asList(trimmed.split("\\s+")));
            }

            @Override
            public List<String> check(List<String> value) {
                return List.copyOf(value);
            }

            @Override
            public String word() {
                return "LIST";
            }
        };
    }

    /** A URL prefix: empty, or exactly one leading slash and none at the end. */
    static Cast<String> slashed() {
        return new Cast<>() {
            @Override
            public String parse(String text) {
                return check(text);
            }

            @Override
            public String check(String value) {
                String inner = value.trim().replaceAll("^/+|/+$", "");
                return inner.isEmpty() ? "" : "/" + inner;
            }

            @Override
            public String word() {
                return "PATH";
            }
        };
    }
}
