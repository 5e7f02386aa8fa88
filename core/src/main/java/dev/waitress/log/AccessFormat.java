package dev.waitress.log;

import dev.waitress.http.ResponseHead;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of the lines: directives in Apache's notation and text between them. What is known of the request, literal
 * text included, is composed when it comes; the rest is put between those texts when the answer is over. Event loop
 * only.
 */
final class AccessFormat {
    private static final String COMBINED = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

    private static final String JSON = "{\"time\":%{iso}t,\"remote_addr\":%h,\"request\":%r,\"status\":%>s,"
            + "\"bytes\":%B,\"referer\":%{Referer}i,\"user_agent\":%{User-Agent}i,\"connection\":%X,"
            + "\"queue_us\":%{queue}x,\"application_us\":%{application}x,\"total_us\":%D,"
            + "\"worker\":%{worker}x,\"request_id\":%{id}x}";

    private final boolean json;

    /** What stands before each of the values, and behind the last. Arrays: every request goes through them. */
    private final Directive.OfRequest[][] texts;

    private final Directive.OfAnswer[] values;
    private final List<String> answerFields = new ArrayList<>();

    private AccessFormat(List<Directive> directives, boolean json) {
        List<Directive.OfRequest[]> before = new ArrayList<>();
        List<Directive.OfRequest> text = new ArrayList<>();
        List<Directive.OfAnswer> after = new ArrayList<>();
        for (Directive directive : directives) {
            if (directive instanceof Directive.OfRequest known) {
                text.add(known);
            } else if (directive instanceof Directive.OfAnswer awaited) {
                before.add(text.toArray(Directive.OfRequest[]::new));
                text.clear();
                after.add(awaited);
            }
            if (directive instanceof Directive.OfHead field) {
                answerFields.add(field.lowerCaseName());
            }
        }
        before.add(text.toArray(Directive.OfRequest[]::new));
        this.json = json;
        this.texts = before.toArray(Directive.OfRequest[][]::new);
        this.values = after.toArray(Directive.OfAnswer[]::new);
    }

    /** An empty line of this format. */
    Line line(int capacity) {
        return new Line(json, capacity);
    }

    /** How many texts are composed when a request comes. */
    int texts() {
        return texts.length;
    }

    /** Composes the texts of a request one behind the other, and notes where each ends. */
    void compose(Asked asked, Line line, int[] ends) {
        for (int i = 0; i < texts.length; i++) {
            for (Directive.OfRequest directive : texts[i]) {
                directive.write(asked, line);
            }
            ends[i] = line.length();
        }
    }

    /** The fields of an answer's head that its line is to have. */
    Map<String, String> fieldsOf(ResponseHead head) {
        if (answerFields.isEmpty()) {
            return Map.of();
        }
        Map<String, String> fields = new HashMap<>();
        answerFields.forEach(name -> fields.put(name, head.value(name)));
        return fields;
    }

    /** Writes the whole line: the texts composed before, and the values between them. */
    void write(Line composed, int[] ends, Answered answered, Line line) {
        int start = 0;
        for (int i = 0; i < values.length; i++) {
            line.raw(composed.bytes(), start, ends[i]);
            values[i].write(answered, line);
            start = ends[i];
        }
        line.raw(composed.bytes(), start, composed.length());
    }

    /**
     * The format that a setting names or spells out.
     *
     * @throws IllegalArgumentException if it has a directive that there is not
     */
    static AccessFormat parse(String text, ZoneId zone) {
        return switch (text) {
            case "combined" -> parse(COMBINED, zone, false);
            case "json" -> parse(JSON, zone, true);
            default -> parse(text, zone, false);
        };
    }

    private static AccessFormat parse(String text, ZoneId zone, boolean json) {
        TimeText time = new TimeText(zone);
        List<Directive> directives = new ArrayList<>();
        int literal = 0;
        int at = text.indexOf('%');
        while (at >= 0) {
            addLiteral(text.substring(literal, at), directives);
            int next = at + 1;
            String argument = "";
            if (next < text.length() && text.charAt(next) == '{') {
                int close = text.indexOf('}', next);
                argument = close < 0 ? "" : text.substring(next + 1, close);
                next = close < 0 ? text.length() : close + 1;
            } else if (next < text.length() && text.charAt(next) == '>') {
                next++; // the final status: there are no inner redirects
            }
            if (next >= text.length()) {
                throw new IllegalArgumentException("\"" + text.substring(at) + "\" is not complete");
            }
            char letter = text.charAt(next);
            if (letter == '%') {
                addLiteral("%", directives);
            } else {
                directives.add(Directive.of(letter, argument, time));
            }
            literal = next + 1;
            at = text.indexOf('%', literal);
        }
        addLiteral(text.substring(literal) + "\n", directives);
        return new AccessFormat(directives, json);
    }

    private static void addLiteral(String text, List<Directive> directives) {
        if (!text.isEmpty()) {
            directives.add(Directive.literal(text));
        }
    }
}
