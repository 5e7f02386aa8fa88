package dev.waitress.ini;

import java.util.Collection;
import java.util.stream.Collectors;

/** Text in the quotes that Python's messages put it in, so that both readers of a file say the same. */
final class Quoted {
    private Quoted() {}

    static String text(String text) {
        String escaped = text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        return text.contains("'") && !text.contains("\"")
                ? '"' + escaped + '"'
                : "'" + escaped.replace("'", "\\'") + "'";
    }

    /** A list as Python shows it. */
    static String list(Collection<String> texts) {
        return texts.stream().map(Quoted::text).collect(Collectors.joining(", ", "[", "]"));
    }
}
