package dev.waitress.log;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of the lines: directives in Apache's notation and text between them. What is known of the request is
 * composed when that comes, and put together with the rest when the answer is over. Event loop only.
 */
final class AccessFormat {
    private static final String COMBINED = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

    private static final String JSON = "{\"time\":%{iso}t,\"remote_addr\":%h,\"request\":%r,\"status\":%>s,"
            + "\"bytes\":%B,\"referer\":%{Referer}i,\"user_agent\":%{User-Agent}i,\"connection\":%X,"
            + "\"queue_us\":%{queue}x,\"application_us\":%{application}x,\"total_us\":%D,"
            + "\"worker\":%{worker}x,\"request_id\":%{id}x";

    private static final String JSON_OF_TRACE = ",\"trace_id\":%{trace_id}x,\"span_id\":%{span_id}x";

    /**
     * A stretch of the line, written in this order.
     *
     * @param text composed when the request comes
     * @param literal what follows it in every line
     * @param value what then follows of the answer
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(Directive.OfRequest[] text, byte[] literal, Directive.OfAnswer value) {
        static Part of(List<Directive.OfRequest> text, Directive.OfAnswer value) {
            int last = text.size() - 1;
            boolean endsLiterally = last >= 0 && text.get(last) instanceof Directive.Literal;
            return new Part(
                    text.subList(0, endsLiterally ? last : last + 1).toArray(Directive.OfRequest[]::new),
                    endsLiterally ? ((Directive.Literal) text.get(last)).bytes() : new byte[0],
                    value);
        }
    }

    private final boolean json;
    private final Part[] parts;
    private final List<String> answerFields = new ArrayList<>();

    private AccessFormat(List<Directive> directives, boolean json) {
        List<Part> found = new ArrayList<>();
        List<Directive.OfRequest> text = new ArrayList<>();
        for (Directive directive : directives) {
            if (directive instanceof Directive.OfRequest known) {
                text.add(known);
            } else if (directive instanceof Directive.OfAnswer awaited) {
                found.add(Part.of(text, awaited));
                text.clear();
            }
            if (directive instanceof Directive.OfHead field) {
                answerFields.add(field.lowerCaseName());
            }
        }
        found.add(Part.of(text, (answered, line) -> {}));
        this.json = json;
        this.parts = found.toArray(Part[]::new);
    }

    /** An empty line of this format. */
    Line line(int capacity) {
        return new Line(json, capacity);
    }

    int parts() {
        return parts.length;
    }

    /** Composes what is known of a request, and notes where the text of each part ends. */
    void compose(Asked asked, Line texts, int[] ends) {
        for (int i = 0; i < parts.length; i++) {
            for (Directive.OfRequest directive : parts[i].text) {
                directive.write(asked, texts);
            }
            ends[i] = texts.length();
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

    /** Writes the whole line, with the texts composed before. */
    void write(Line texts, int[] ends, Answered answered, Line line) {
        int start = 0;
        for (int i = 0; i < parts.length; i++) {
            line.raw(texts.bytes(), start, ends[i]);
            line.raw(parts[i].literal);
            parts[i].value.write(answered, line);
            start = ends[i];
        }
    }

    /**
     * The format that a setting names or spells out.
     *
     * @param isTraced whether requests have traces, which the lines of "json" show then
     * @throws IllegalArgumentException if it has a directive that there is not
     */
    static AccessFormat parse(String text, ZoneId zone, boolean isTraced) {
        return switch (text) {
            case "combined" -> directives(COMBINED, zone, false);
            case "json" -> directives(JSON + (isTraced ? JSON_OF_TRACE : "") + "}", zone, true);
            default -> directives(text, zone, false);
        };
    }

    private static AccessFormat directives(String text, ZoneId zone, boolean json) {
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
            directives.add(new Directive.Literal(Ascii.bytes(text)));
        }
    }
}
