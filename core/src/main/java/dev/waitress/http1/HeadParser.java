package dev.waitress.http1;

import dev.waitress.http.FieldIndex;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestFields;
import dev.waitress.http.RequestHead;
import dev.waitress.http.RequestHeadBuilder;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header lines of a complete head into a {@link RequestHead}, then its request line, then what the fields say
 * of the message. Nothing is decoded; positions are noted. The order of the checks is part of the behaviour: the first
 * failure is the answer.
 */
final class HeadParser {
    private final RequestHeadBuilder builder = new RequestHeadBuilder();
    private final RequestFields fields = new RequestFields();

    private byte[] bytes = {};

    // Set by endOfName: hash of the name, letters in one case, and whether it holds an underscore.
    private int nameHash;
    private boolean nameHasUnderscore;

    /** What was parsed last. */
    RequestHead head() {
        return builder.head();
    }

    /**
     * Parses a head; null if it is accepted.
     *
     * @param start index of its first byte
     * @param lines where its lines are, counted from the first byte
     */
    @Nullable
    Rejection parse(byte[] source, int start, int length, HeadScanner lines) {
        bytes = source;
        builder.begin(source, start, length);
        fields.clear(lines.lineCount());
        Rejection refused = parseFields(start, lines);
        if (refused == null) {
            refused = RequestLine.parse(bytes, start, start + lines.end(0), builder);
        }
        if (refused != null) {
            return refused;
        }
        Rule broken = fields.check(builder);
        return broken == null ? null : Rejection.of(broken).forRequest(head().minorVersion(), head().isMethod("HEAD"));
    }

    private @Nullable Rejection parseFields(int base, HeadScanner lines) {
        for (int line = 1; line < lines.lineCount(); line++) {
            int start = base + lines.start(line);
            int end = base + lines.end(line);
            // A folded line (RFC 9112 §5.2) begins with white space, so its name is empty.
            int colon = endOfName(start, end);
            if (colon == start || colon == end || bytes[colon] != ':') {
                return Rejection.of(Rule.FIELD_SYNTAX);
            }
            int value = Syntax.skipWhiteSpace(bytes, colon + 1, end);
            int valueEnd = Syntax.trimEnd(bytes, value, end);
            if (!Syntax.isFieldValue(bytes, value, valueEnd)) {
                return Rejection.of(Rule.FIELD_SYNTAX);
            }
            if (nameHasUnderscore) {
                continue; // well formed, and counts for nothing: it could pose as the name with a hyphen
            }
            int field = builder.field(start, colon, value, valueEnd);
            Rejection refused = fields.add(builder, bytes, start, colon, field, nameHash);
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private int endOfName(int start, int end) {
        int hash = 0;
        boolean underscore = false;
        int i = start;
        for (; i < end && Syntax.isToken(bytes[i]); i++) {
            hash = FieldIndex.hash(hash, bytes[i]);
            underscore |= bytes[i] == '_';
        }
        nameHash = hash;
        nameHasUnderscore = underscore;
        return i;
    }
}
