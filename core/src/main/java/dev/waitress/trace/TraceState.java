package dev.waitress.trace;

import dev.waitress.http.Ascii;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The value of {@code tracestate}. W3C Trace Context §3.3. */
final class TraceState {
    private static final byte[] NONE = {};

    /** §3.3.1.1. Those that say nothing are members too. */
    private static final int MOST_MEMBERS = 32;

    /** §3.3.1.3: key "=" value; a value does not end with a space. */
    private static final Pattern MEMBER = Pattern.compile("([a-z][a-z0-9_*/-]{0,255}"
            + "|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
            + "=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");

    private static final Pattern WHITE_SPACE_AROUND = Pattern.compile("^[ \t]+|[ \t]+$");

    private TraceState() {}

    /**
     * What is passed on: its members in their order, of those with the same key the first; nothing if one of them is
     * malformed, or there are too many.
     *
     * @param joined the values of all its fields, with commas between them
     */
    static byte[] read(String joined) {
        String[] parts = joined.split(",", MOST_MEMBERS + 1);
        if (parts.length > MOST_MEMBERS) {
            return NONE;
        }
        Map<String, String> members = new LinkedHashMap<>();
        for (String part : parts) {
            String member = WHITE_SPACE_AROUND.matcher(part).replaceAll("");
            if (!member.isEmpty()) {
                if (!MEMBER.matcher(member).matches()) {
                    return NONE;
                }
                members.putIfAbsent(member.substring(0, member.indexOf('=')), member);
            }
        }
        return Ascii.bytes(String.join(",", members.values()));
    }
}
