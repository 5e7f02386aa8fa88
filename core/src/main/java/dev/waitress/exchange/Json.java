package dev.waitress.exchange;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259): maps, lists, texts, numbers, truth values and null. */
public final class Json {
    private static final char FIRST_VISIBLE = ' ';

    private Json() {}

    public static String text(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> quoted(String.valueOf(entry.getKey())) + ": " + text(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Json::text).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String text ? quoted(text) : String.valueOf(value);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2);
        quote(text, quoted);
        return quoted.toString();
    }

    /** Adds a text in quotes. */
    public static void quote(CharSequence text, StringBuilder quoted) {
        quoted.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < FIRST_VISIBLE || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c)); // half of a pair would not survive as UTF-8
            } else {
                quoted.append(c);
            }
        }
        quoted.append('"');
    }
}
