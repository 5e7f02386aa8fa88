package dev.waitress.wire;

import dev.waitress.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of wire/: what a client sends, and what comes of it. wire/README.md explains the form.
 *
 * @param name path below wire/
 * @param limits settings other than the defaults, in their text form
 * @param input what the client sends
 * @param expected what comes of it; the last one says how it ends
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WireCase(String name, List<String> limits, byte[] input, List<Outcome> expected) {
    static final Pattern RULE = Pattern.compile("# rule: .*(RFC|CVE|PEP|GHSA|Waitress).* \\(.+\\)");
    private static final String LIMITS = "# limits: ";
    private static final Pattern END = Pattern.compile("keep|close after|incomplete");
    private static final Pattern QUOTED = Pattern.compile("(body|rejected \\d{3}|[A-Z][A-Z0-9_]*) \"(.*)\"");
    private static final Pattern PLAIN_DETAIL =
            Pattern.compile("version HTTP/1\\.[01]|no body|(no )?100-continue|no [A-Z][A-Z0-9_]*");

    static WireCase parse(String name, List<String> lines) {
        return new Reader(name, lines).read();
    }

    Settings settings() {
        Settings settings = Settings.defaults();
        for (String limit : limits) {
            String[] pair = limit.split("=", 2);
            settings = settings.withText(pair[0], pair[1]);
        }
        return settings;
    }

    private Outcome end() {
        return expected.get(expected.size() - 1);
    }

    boolean isIncomplete() {
        return end().isIncomplete();
    }

    boolean isKept() {
        return end().equals(Outcome.KEEP);
    }

    /** Whether its first request waits for 100 (Continue). */
    boolean awaitsContinue() {
        return expected.get(0).details().contains("100-continue");
    }

    /** What this case expects with an ordinary request sent behind it: only a kept connection may answer that. */
    List<Outcome> expectedBefore(WireCase followUp) {
        if (!isKept()) {
            return expected;
        }
        List<Outcome> both = new ArrayList<>(expected.subList(0, expected.size() - 1));
        both.addAll(followUp.expected);
        return both;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Reads a file, and refuses what is not in the form. */
    private static final class Reader {
        private final String name;
        private final List<String> lines;
        private final List<String> limits = new ArrayList<>();
        private final ByteArrayOutputStream input = new ByteArrayOutputStream();
        private final List<Outcome> expected = new ArrayList<>();
        private int next;

        Reader(String name, List<String> lines) {
            this.name = name;
            this.lines = lines;
        }

        WireCase read() {
            try {
                comments();
                request();
                outcomes();
                return new WireCase(name, limits, input.toByteArray(), expected);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("wire/" + name + ":" + next + ": " + e.getMessage(), e);
            }
        }

        private String line() {
            if (next == lines.size()) {
                throw new IllegalArgumentException("ends too early");
            }
            String line = lines.get(next++);
            if (line.isEmpty() || !line.equals(line.stripTrailing())) {
                throw new IllegalArgumentException("a line is empty or ends in white space");
            }
            return line;
        }

        private void comments() {
            if (!RULE.matcher(line()).matches()) {
                throw new IllegalArgumentException("the first line is not \"# rule: SOURCE (reason)\"");
            }
            while (next < lines.size() && lines.get(next).startsWith("# ")) {
                String comment = line();
                if (comment.startsWith(LIMITS)) {
                    limits.addAll(List.of(comment.substring(LIMITS.length()).split(", ")));
                }
            }
        }

        private void request() {
            for (String line = line(); !line.equals("--"); line = line()) {
                input.writeBytes(Notation.decode(line));
            }
            if (input.size() == 0) {
                throw new IllegalArgumentException("no request");
            }
        }

        private void outcomes() {
            boolean ended = false;
            while (next < lines.size()) {
                String line = line();
                if (ended && !isDetail(line)) {
                    throw new IllegalArgumentException("goes on behind its end");
                }
                Matcher quoted = QUOTED.matcher(line);
                String canonical =
                        quoted.matches() ? quoted.group(1) + " \"" + Notation.canonical(quoted.group(2)) + "\"" : line;
                ended |= add(canonical);
            }
            if (!ended) {
                throw new IllegalArgumentException("says nothing of the end");
            }
        }

        /** Whether this is how it ends. */
        private boolean add(String line) {
            if (END.matcher(line).matches()) {
                expected.add(new Outcome(line));
                return true;
            }
            if (line.matches("head \\S+ \\S+")) {
                expected.add(new Outcome("head " + Notation.canonical(line.substring(5))));
                return false;
            }
            if (line.matches("body \".*\"|rejected .*")) {
                expected.add(new Outcome(line));
                return line.startsWith("rejected");
            }
            if (!isDetail(line) || expected.isEmpty()) {
                throw new IllegalArgumentException("unknown outcome: " + line);
            }
            int last = expected.size() - 1;
            expected.set(last, expected.get(last).with(line));
            return false;
        }

        private static boolean isDetail(String line) {
            return PLAIN_DETAIL.matcher(line).matches()
                    || QUOTED.matcher(line).matches() && !line.startsWith("body") && !line.startsWith("rejected");
        }
    }
}
