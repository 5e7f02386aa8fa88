package dev.waitress.log;

import dev.waitress.http.Ascii;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * The form of the lines: directives in Apache's notation and text between them.
 *
 * @param json whether values are written as JSON has them
 * @param readsHeads whether it has fields of answers
 */
record AccessFormat(List<Directive> directives, boolean json, boolean readsHeads) {
    private static final String COMBINED = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

    private static final String JSON = "{\"time\":%{iso}t,\"remote_addr\":%h,\"request\":%r,\"status\":%>s,"
            + "\"bytes\":%B,\"referer\":%{Referer}i,\"user_agent\":%{User-Agent}i,\"connection\":%X,"
            + "\"queue_us\":%{queue}x,\"application_us\":%{application}x,\"total_us\":%D,"
            + "\"worker\":%{worker}x,\"request_id\":%{id}x}";

    AccessFormat {
        directives = List.copyOf(directives);
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
        return new AccessFormat(directives, json, directives.stream().anyMatch(Directive.OfHead.class::isInstance));
    }

    private static void addLiteral(String text, List<Directive> directives) {
        if (!text.isEmpty()) {
            directives.add(new Directive.Literal(Ascii.bytes(text)));
        }
    }
}
