package dev.waitress.settings;

import dev.waitress.platform.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The type of a setting's value: how it is read from text, and what is accepted.
 *
 * @param word stands for the value in help texts, for example {@code PORT}; empty for a flag
 * @param valid what is accepted, in words that follow "must be"
 * @param parser from the text form; fails with an {@link IllegalArgumentException}
 * @param checker the value as it is kept, for typed values and parsed ones; fails in the same way
 */
record ValueType<T>(String word, String valid, Function<String, T> parser, UnaryOperator<T> checker) {
    private static final Set<String> YES = Set.of("t", "true", "y", "yes", "on", "1");
    private static final Set<String> NO = Set.of("f", "false", "n", "no", "off", "0", "");

    /** RFC 9110 §5.6.2: token. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Pattern TOKEN_OR_NOTHING = Pattern.compile("(" + TOKEN + ")?");
    private static final Pattern FUNCTION_OR_NOTHING = Pattern.compile("([^\\s:]+:[^\\s:]+)?");
    private static final Pattern TARGET_OR_NOTHING = Pattern.compile("(/[!-\"$-~]*)?");
    private static final Pattern DECIMAL = Pattern.compile("\\d+(\\.\\d*)?|\\.\\d+");
    /** Without a user, a query or a fragment; names of machines may have underscores in them. */
    private static final Pattern HTTP_URL_OR_NOTHING =
            Pattern.compile("(https?://(\\[[0-9A-Fa-f:.]+]|[\\w.-]+)(:[1-9]\\d{0,3}|:[1-5]\\d{4}|:6[0-4]\\d{3}"
                    + "|:65[0-4]\\d{2}|:655[0-2]\\d|:6553[0-5])?(/[!-\"$->@-~]*)?)?");

    private static final Pattern LINE = Pattern.compile("\\P{Cc}*");
    private static final Pattern CREDENTIAL_OR_NOTHING = Pattern.compile("([!-~]([ -~]*[!-~])?)?");
    private static final Pattern HOST_AND_PORT = Pattern.compile(".+:[^:\\]]+");

    /** As the system writes names of files. */
    private static final Charset FILE_NAMES = Charset.forName(
            System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

    T parse(String text) {
        return check(parser.apply(text));
    }

    T check(T value) {
        return checker.apply(value);
    }

    static ValueType<String> text(String word) {
        return new ValueType<>(word, "text", UnaryOperator.identity(), UnaryOperator.identity());
    }

    private static ValueType<String> matching(String word, String valid, Pattern pattern) {
        return new ValueType<>(word, valid, UnaryOperator.identity(), value -> {
            require(pattern.matcher(value).matches());
            return value;
        });
    }

    /** Text that stands in heads of answers and in lines of logs, where a line end would begin something else. */
    static ValueType<String> line(String word) {
        return matching(word, "text without control characters", LINE);
    }

    /** A secret that clients send in a header: what has no form there must not be taken for something else. */
    static ValueType<String> credential(String word) {
        return matching(word, "visible ASCII characters, spaces between them only", CREDENTIAL_OR_NOTHING);
    }

    /** One of these words. */
    static ValueType<String> choice(String word, String... choices) {
        List<String> all = List.of(choices);
        String valid = String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.get(all.size() - 1);
        return new ValueType<>(word, valid, text -> text.trim().toLowerCase(Locale.ROOT), value -> {
            require(all.contains(value));
            return value;
        });
    }

    /** One of these words, or its number from 0 on. */
    static ValueType<String> numberedChoice(String word, String... choices) {
        ValueType<String> named = choice(word, choices);
        List<String> all = List.of(choices);
        Function<String, String> parser = text -> {
            String given = text.trim();
            boolean isNumber = given.length() == 1 && given.charAt(0) >= '0' && given.charAt(0) - '0' < all.size();
            return isNumber ? all.get(given.charAt(0) - '0') : named.parser.apply(given);
        };
        return new ValueType<>(word, named.valid + ", or 0 to " + (all.size() - 1), parser, named.checker);
    }

    /** Names of files, as words. */
    static ValueType<List<String>> files() {
        return words("FILES", "names of files, separated by spaces", UnaryOperator.identity());
    }

    /** Path of a Unix socket, for which the system's address has little room; empty for none. */
    static ValueType<String> socketPath() {
        return new ValueType<>("PATH", "a path of at most 107 bytes, 103 on macOS", UnaryOperator.identity(), value -> {
            // Not Path: whether its characters can be in a name is another question, which has its own answer.
            require(new File(value).getPath().getBytes(FILE_NAMES).length
                    <= Platform.current().socketPathBytes());
            return value;
        });
    }

    /** Name of a header. */
    static ValueType<String> fieldName() {
        return matching("NAME", "the name of a header", TOKEN);
    }

    /** Name of a header; empty for none. */
    static ValueType<String> fieldNameOrNone() {
        return matching("NAME", "the name of a header", TOKEN_OR_NOTHING);
    }

    /** Name of a function of Python's; empty for none. */
    static ValueType<String> functionOrNone() {
        return matching("NAME", "the name of a function, as MODULE:FUNCTION", FUNCTION_OR_NOTHING);
    }

    /** Decimal digits with an optional sign and spaces around, within {@code min..max}. */
    static ValueType<Long> integer(String word, long min, long max) {
        String range = max == Long.MAX_VALUE ? " of at least " + min : " from " + min + " to " + max;
        return new ValueType<>(word, "a whole number" + range, text -> Long.parseLong(text.trim()), value -> {
            require(value >= min && value <= max);
            return value;
        });
    }

    /** A number of something, or a word for as many as fit this machine. */
    static ValueType<String> countOrAuto(int max) {
        return new ValueType<>(
                "COUNT",
                "auto, or a whole number from 1 to " + max,
                text -> text.trim().toLowerCase(Locale.ROOT),
                value -> {
                    if (!value.equals("auto")) {
                        int count = Integer.parseInt(value);
                        require(count >= 1 && count <= max);
                    }
                    return value;
                });
    }

    /** A part of all: decimal digits, perhaps with a point. */
    static ValueType<Double> ratio(String word) {
        return new ValueType<>(
                word,
                "a number from 0 to 1",
                text -> {
                    require(DECIMAL.matcher(text.trim()).matches());
                    return Double.parseDouble(text.trim());
                },
                value -> {
                    require(value >= 0 && value <= 1);
                    return value;
                });
    }

    /** Where something is sent by HTTP; empty for nowhere. */
    static ValueType<String> httpUrlOrNone() {
        return matching("URL", "an address such as http://127.0.0.1:4318", HTTP_URL_OR_NOTHING);
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>(
                "",
                "true or false",
                text -> {
                    String word = text.trim().toLowerCase(Locale.ROOT);
                    require(YES.contains(word) || NO.contains(word));
                    return YES.contains(word);
                },
                UnaryOperator.identity());
    }

    /** A file mode: octal digits, optionally after {@code 0o}. */
    static ValueType<Integer> octal() {
        return new ValueType<>(
                "MODE",
                "an octal file mode from 0 to 777",
                text -> {
                    String digits = text.trim();
                    return Integer.parseInt(digits.startsWith("0o") ? digits.substring(2) : digits, 8);
                },
                value -> {
                    require(value >= 0 && value <= 0777);
                    return value;
                });
    }

    /** Text split on white space, at least one word; commas do not separate. */
    static ValueType<List<String>> list(String word, String valid) {
        return new ValueType<>(word, valid, text -> split(text).toList(), value -> {
            require(!value.isEmpty());
            return List.copyOf(value);
        });
    }

    /**
     * Text split on white space into words of some kind; there may be none.
     *
     * @param reader gives a word as it is kept; fails with an {@link IllegalArgumentException}
     */
    static ValueType<List<String>> words(String word, String valid, UnaryOperator<String> reader) {
        return new ValueType<>(
                word,
                valid,
                List::of,
                value -> value.stream().flatMap(ValueType::split).map(reader).toList());
    }

    /** An address to listen on whose port is not left out. */
    static String requirePort(String address) {
        require(HOST_AND_PORT.matcher(address).matches());
        return address;
    }

    /** Files, directories or globs, as words; they need not be there. */
    static ValueType<List<String>> paths(String word, String valid) {
        return words(word, valid, path -> {
            FileSystems.getDefault().getPathMatcher("glob:" + path); // fails if it is none
            return path;
        });
    }

    private static Stream<String> split(String text) {
        return Arrays.stream(text.split("\\s+")).filter(part -> !part.isEmpty());
    }

    /** What is asked for in a request: empty, or a path that begins with a slash, and perhaps a query. */
    static ValueType<String> target() {
        return matching("PATH", "a path that begins with a slash", TARGET_OR_NOTHING);
    }

    /** A URL prefix: empty, or exactly one leading slash and none at the end. */
    static ValueType<String> slashed() {
        return new ValueType<>("PATH", "a path", UnaryOperator.identity(), value -> {
            String inner = value.trim().replaceAll("^/+|/+$", "");
            return inner.isEmpty() ? "" : "/" + inner;
        });
    }

    /** Sockets that the caller opened. They have no text form. */
    static ValueType<List<ServerSocketChannel>> sockets() {
        return new ValueType<>(
                "",
                "a list of bound ServerSocketChannels, given in code",
                text -> {
                    throw new IllegalArgumentException(text);
                },
                value -> {
                    require(value.stream().allMatch(ValueType::isBound));
                    return List.copyOf(value);
                });
    }

    private static boolean isBound(ServerSocketChannel socket) {
        try {
            return socket.getLocalAddress() != null;
        } catch (IOException e) {
            return false; // closed
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
