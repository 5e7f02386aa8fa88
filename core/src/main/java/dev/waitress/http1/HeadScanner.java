package dev.waitress.http1;

import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lines of a head, and its end, in bytes that arrive piece by piece. Each byte is looked at once, however the
 * pieces are cut; only CR LF ends a line. All positions count from the first byte of the head.
 */
final class HeadScanner {
    static final int NEED_MORE = -1;
    static final int REFUSED = -2;

    /** RFC 9112 §2.2 asks to ignore an empty line or more before a request; some old clients end a body with one. */
    static final int MAX_LEADING_BYTES = 1024;

    /** Room for the lines of most heads; who indexes them begins with room for as many. */
    static final int FIRST_LINES = 32;

    private final Limits limits;

    /** Start and end (before CR LF) of each line. */
    private int[] lines = new int[2 * FIRST_LINES];

    private int lineCount;
    private int lineStart;
    private int searched;

    /** How far the first line was found to begin as a method. */
    private int methodSearched;

    private @Nullable Rejection rejection;

    HeadScanner(Limits limits) {
        this.limits = limits;
    }

    void reset() {
        lineCount = 0;
        lineStart = 0;
        searched = 0;
        methodSearched = 0;
        rejection = null;
    }

    /** With the index of the fields that is made of the lines, twice as large. */
    int heldBytes() {
        return 3 * Integer.BYTES * lines.length;
    }

    boolean hasGrown() {
        return lines.length > 2 * FIRST_LINES;
    }

    /** Lets positions count from {@code skipped} bytes later on. */
    void rebase(int skipped) {
        for (int i = 0; skipped > 0 && i < 2 * lineCount; i++) {
            lines[i] -= skipped;
        }
    }

    int lineCount() {
        return lineCount;
    }

    int start(int line) {
        return lines[2 * line];
    }

    int end(int line) {
        return lines[2 * line + 1];
    }

    /** Why the last scan ended with {@link #REFUSED}. */
    @Nullable
    Rejection rejection() {
        return rejection;
    }

    /**
     * Goes on where the last scan ended.
     *
     * @param base index of the first byte of the head
     * @param available bytes of it that are there
     * @return length of the whole head, {@link #NEED_MORE} or {@link #REFUSED}
     */
    int scan(byte[] bytes, int base, int available) {
        while (true) {
            int bound = Math.min(available, firstByte() + limits.maxHeadBytes());
            if (lineCount == 0 && isNoMethod(bytes, base, bound)) {
                return refuse(Rejection.of(Rule.START_LINE));
            }
            int at = Syntax.findLineEnd(bytes, base + searched, base + bound) - base;
            searched = at;
            if (lineCount == 0 && at - lineStart > limits.maxLineBytes()) {
                return refuse(Rejection.of(Rule.LINE_TOO_LONG, String.valueOf(limits.maxLineBytes())));
            }
            if (at >= bound || at + 1 == bound && bytes[base + at] == '\r') {
                return bound < available || bound == firstByte() + limits.maxHeadBytes()
                        ? refuse(Rejection.of(Rule.HEAD_TOO_LARGE, String.valueOf(limits.maxHeadBytes())))
                        : NEED_MORE;
            }
            if (bytes[base + at] != '\r' || bytes[base + at + 1] != '\n') {
                return refuse(bareLineEnd(bytes, base, at));
            }
            searched = at + 2;
            if (at == lineStart && lineCount > 0) {
                return endOfHead();
            }
            if (!addLine(bytes, base, at)) {
                return REFUSED;
            }
        }
    }

    /**
     * Whether no request line can begin like this. Who speaks another protocol (TLS, SOCKS) waits for an answer, and
     * may never send a line end.
     */
    private boolean isNoMethod(byte[] bytes, int base, int bound) {
        int limit = Math.min(bound, lineStart + limits.maxLineBytes());
        int i = Math.max(lineStart, methodSearched);
        while (i < limit && Syntax.isToken(bytes[base + i])) {
            i++;
        }
        methodSearched = i;
        if (i >= limit) {
            return false;
        }
        byte next = bytes[base + i];
        return next != '\r' && next != '\n' && (next != ' ' || i == lineStart);
    }

    /** Position of the first byte that counts: empty lines before the request do not. */
    int firstByte() {
        return lineCount == 0 ? lineStart : lines[0];
    }

    private int endOfHead() {
        return searched - firstByte() >= limits.maxHeadBytes()
                ? refuse(Rejection.of(Rule.HEAD_TOO_LARGE, String.valueOf(limits.maxHeadBytes())))
                : searched;
    }

    private boolean addLine(byte[] bytes, int base, int end) {
        int start = lineStart;
        lineStart = end + 2;
        if (start == end) {
            return lineStart <= MAX_LEADING_BYTES || refuse(Rejection.of(Rule.START_LINE)) != REFUSED;
        }
        if (lineCount == 1 && Syntax.isWhiteSpace(bytes[base + start])) {
            refuse(Rejection.of(Rule.LEADING_WHITE_SPACE, Rejection.echo(bytes, base + start, base + end)));
            return false;
        }
        if (lineCount > limits.maxFields()) {
            refuse(Rejection.of(Rule.TOO_MANY_FIELDS, String.valueOf(limits.maxFields())));
            return false;
        }
        if (2 * lineCount == lines.length) {
            lines = Arrays.copyOf(lines, 2 * lines.length);
        }
        lines[2 * lineCount] = start;
        lines[2 * lineCount + 1] = end;
        lineCount++;
        return true;
    }

    private Rejection bareLineEnd(byte[] bytes, int base, int at) {
        return lineCount == 0
                ? Rejection.of(Rule.BARE_CR_OR_LF)
                : Rejection.of(Rule.BARE_CR_OR_LF_IN_FIELD, Rejection.echo(bytes, base + lineStart, base + at + 1));
    }

    private int refuse(Rejection reason) {
        rejection = reason;
        return REFUSED;
    }
}
