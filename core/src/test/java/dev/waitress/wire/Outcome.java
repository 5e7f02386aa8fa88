package dev.waitress.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that comes of a request's bytes, as a line of a case says it: {@code head GET /}, {@code body "x"},
 * {@code rejected 400 "Bad URI"}, {@code keep}, {@code close after}, {@code incomplete}.
 *
 * @param line what it is
 * @param details more about it, each beginning with the word that names it: {@code PATH_INFO "/a b"}; that it has none
 *     of that name is {@code no PATH_INFO}
 */
record Outcome(String line, List<String> details) {
    static final Outcome KEEP = new Outcome("keep");
    static final Outcome CLOSE_AFTER = new Outcome("close after");
    static final Outcome INCOMPLETE = new Outcome("incomplete");

    Outcome {
        details = List.copyOf(details);
    }

    Outcome(String line) {
        this(line, List.of());
    }

    static Outcome body(byte[] bytes) {
        return new Outcome("body \"" + Notation.encode(bytes) + "\"");
    }

    static Outcome rejected(int status, String text, int minorVersion, boolean withBody) {
        return new Outcome(
                "rejected " + status + " \"" + Notation.encode(text) + "\"",
                List.of("version HTTP/1." + minorVersion, withBody ? "body" : "no body"));
    }

    Outcome with(String detail) {
        List<String> more = new ArrayList<>(details);
        more.add(detail);
        return new Outcome(line, more);
    }

    boolean isIncomplete() {
        return line.equals(INCOMPLETE.line);
    }

    Outcome without(String name) {
        return new Outcome(
                line,
                details.stream().filter(detail -> !name(detail).equals(name)).toList());
    }

    /** What this outcome says of the things that a case mentions. */
    Outcome inTheWordsOf(Outcome expected) {
        return new Outcome(
                line,
                expected.details.stream()
                        .map(detail -> detailNamed(name(detail)))
                        .toList());
    }

    static List<Outcome> inTheWordsOf(List<Outcome> expected, List<Outcome> actual) {
        List<Outcome> said = new ArrayList<>();
        for (int i = 0; i < actual.size(); i++) {
            said.add(i < expected.size() ? actual.get(i).inTheWordsOf(expected.get(i)) : actual.get(i));
        }
        return said;
    }

    private String detailNamed(String name) {
        return details.stream()
                .filter(detail -> name(detail).equals(name))
                .findFirst()
                .orElse("no " + name);
    }

    private static String name(String detail) {
        String positive = detail.startsWith("no ") ? detail.substring(3) : detail;
        return positive.split(" ", 2)[0];
    }

    /** As a case writes it. */
    @Override
    public String toString() {
        return String.join("\n", line, String.join("\n", details)).strip();
    }
}
