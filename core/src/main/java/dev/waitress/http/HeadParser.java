package dev.waitress.http;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header lines of a complete head into a {@link RequestHead}, then its request line, then what the fields say
 * of the message. Nothing is decoded; positions are noted. The order of the checks is part of the behaviour: the first
 * failure is the answer.
 */
@SuppressWarnings("EnumOrdinal") // an array by ordinal: an EnumMap would box every index
final class HeadParser {
    /** Fields that the server itself reads, or that must not come twice. */
    private enum Known {
        HOST("host", true),
        EXPECT("expect", false),
        CONNECTION("connection", false),
        CONTENT_TYPE("content-type", true),
        CONTENT_LENGTH("content-length", true),
        TRANSFER_ENCODING("transfer-encoding", false),
        OTHER("", false);

        final String fieldName;
        final boolean single;

        Known(String fieldName, boolean single) {
            this.fieldName = fieldName;
            this.single = single;
        }

        static Known of(byte[] bytes, int start, int end) {
            Known candidate = switch (end - start) {
                case 4 -> HOST;
                case 6 -> EXPECT;
                case 10 -> CONNECTION;
                case 12 -> CONTENT_TYPE;
                case 14 -> CONTENT_LENGTH;
                case 17 -> TRANSFER_ENCODING;
                default -> OTHER;
            };
            return candidate == OTHER || Syntax.equalsIgnoreCase(bytes, start, end, candidate.fieldName)
                    ? candidate
                    : OTHER;
        }
    }

    private static final int FIRST_TABLE = 2 * HeadScanner.FIRST_LINES;
    private static final int NONE = -1;

    /** No client pads a length with more; and what reads on reads a number, not a text of any length. */
    private static final int MOST_LEADING_ZEROS = 100;

    private static final String X_FORWARDED = "x-forwarded-";

    // Not known to clients, who could else send a thousand names that all meet in one slot of the table.
    private static final int HASH_KEY = new SplittableRandom().nextInt() | 1;

    /** Open addressing from a name's hash to the last field of that name, plus one; 0 is free. */
    private int[] table = new int[FIRST_TABLE];

    private int[] hashes = new int[FIRST_TABLE / 2];
    private final int[] known = new int[Known.values().length];

    private byte[] bytes = new byte[0];
    private int base;

    /** Parses the head whose lines the scanner found; null if it is accepted. */
    @Nullable
    Rejection parse(byte[] source, int start, HeadScanner lines, RequestHead head) {
        bytes = source;
        base = start;
        Arrays.fill(known, NONE);
        prepareTable(lines.lineCount());
        Rejection refused = parseFields(lines, head);
        if (refused == null) {
            refused = RequestLine.parse(bytes, base + lines.start(0), base + lines.end(0), head);
        }
        if (refused != null) {
            return refused;
        }
        Rule broken = checkMessage(head);
        return broken == null ? null : Rejection.of(broken).forRequest(head.minorVersion(), head.isMethod("HEAD"));
    }

    private void prepareTable(int lineCount) {
        if (table.length < 2 * lineCount) {
            table = new int[Integer.highestOneBit(2 * lineCount) * 2];
            hashes = new int[table.length / 2];
        } else {
            Arrays.fill(table, 0);
        }
    }

    private @Nullable Rejection parseFields(HeadScanner lines, RequestHead head) {
        for (int line = 1; line < lines.lineCount(); line++) {
            int start = base + lines.start(line);
            int end = base + lines.end(line);
            // A folded line (RFC 9112 §5.2) begins with white space, so its name is empty.
            int colon = endOfName(start, end);
            if (colon == start || colon == end || bytes[colon] != ':') {
                return Rejection.of(Rule.FIELD_SYNTAX);
            }
            int value = skipWhiteSpace(colon + 1, end);
            int valueEnd = trimEnd(value, end);
            if (!Syntax.isFieldValue(bytes, value, valueEnd)) {
                return Rejection.of(Rule.FIELD_SYNTAX);
            }
            if (nameHasUnderscore) {
                continue; // well formed, and counts for nothing: it could pose as the name with a hyphen
            }
            int field = head.addField(start - base, colon - base, value - base, valueEnd - base);
            Known kind = Known.of(bytes, start, colon);
            if (kind.single && known[kind.ordinal()] != NONE) {
                return Rejection.of(Rule.DUPLICATE_FIELD, Rejection.echo(bytes, start, colon));
            }
            head.proxyFields |= isProxyField(start, colon);
            remember(head, field, kind);
        }
        return null;
    }

    /** Most names end the question at their first byte. */
    private boolean isProxyField(int start, int end) {
        return switch (bytes[start]) {
            case 'x', 'X' ->
                end - start > X_FORWARDED.length()
                        && Syntax.equalsIgnoreCase(bytes, start, start + X_FORWARDED.length(), X_FORWARDED);
            case 'f', 'F' -> Syntax.equalsIgnoreCase(bytes, start, end, "forwarded");
            default -> false;
        };
    }

    // Set by endOfName: hash of the name, letters in one case, and whether it holds an underscore.
    private int nameHash;
    private boolean nameHasUnderscore;

    private int endOfName(int start, int end) {
        int hash = 0;
        boolean underscore = false;
        int i = start;
        for (; i < end && Syntax.isToken(bytes[i]); i++) {
            hash = Integer.rotateLeft(hash ^ (bytes[i] | 0x20), 5) * HASH_KEY;
            underscore |= bytes[i] == '_';
        }
        nameHash = hash;
        nameHasUnderscore = underscore;
        return i;
    }

    private int skipWhiteSpace(int start, int end) {
        int i = start;
        while (i < end && Syntax.isWhiteSpace(bytes[i])) {
            i++;
        }
        return i;
    }

    private int trimEnd(int start, int end) {
        int i = end;
        while (i > start && Syntax.isWhiteSpace(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /** Notes a field by its name, and links it behind an earlier one of the same name. */
    private void remember(RequestHead head, int field, Known kind) {
        if (kind != Known.OTHER && known[kind.ordinal()] == NONE) {
            known[kind.ordinal()] = field;
        }
        hashes[field] = nameHash;
        int mask = table.length - 1;
        int slot = (nameHash ^ nameHash >>> 15) & mask;
        while (table[slot] != 0) {
            int other = table[slot] - 1;
            if (hashes[other] == nameHash && sameName(head, other, field)) {
                head.link(other, field);
                break;
            }
            slot = slot + 1 & mask;
        }
        table[slot] = field + 1;
    }

    private boolean sameName(RequestHead head, int one, int other) {
        int start = head.nameStart(one);
        int size = head.nameEnd(one) - start;
        int otherStart = head.nameStart(other);
        if (head.nameEnd(other) - otherStart != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!sameIgnoringCase(bytes[start + i], bytes[otherStart + i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameIgnoringCase(byte one, byte other) {
        return one == other || (one ^ other) == 0x20 && (one | 0x20) >= 'a' && (one | 0x20) <= 'z';
    }

    private @Nullable Rule checkMessage(RequestHead head) {
        Rule broken = checkHost(head);
        if (broken == null) {
            broken = checkTransferEncoding(head);
        }
        if (broken == null) {
            broken = checkContentLength(head);
        }
        if (broken == null) {
            checkConnection(head);
            checkExpect(head);
        }
        return broken;
    }

    private @Nullable Rule checkHost(RequestHead head) {
        int host = known[Known.HOST.ordinal()];
        if (host == NONE) {
            return head.minorVersion() > 0 ? Rule.HOST_MISSING : null;
        }
        return Authority.isValid(bytes, head.valueStart(host), head.valueEnd(host)) ? null : Rule.HOST_SYNTAX;
    }

    /** RFC 9112 §6.1: a list of codings of which we know one, chunked. */
    private @Nullable Rule checkTransferEncoding(RequestHead head) {
        int field = known[Known.TRANSFER_ENCODING.ordinal()];
        if (field == NONE) {
            return null;
        }
        if (head.minorVersion() == 0) {
            return Rule.TRANSFER_ENCODING;
        }
        boolean listed = false;
        int chunkedCount = 0;
        for (; field != NONE; field = head.nextOfName(field)) {
            listed |= head.valueStart(field) < head.valueEnd(field);
            int found = countChunked(head.valueStart(field), head.valueEnd(field));
            if (found == NONE) {
                return Rule.UNKNOWN_CODING;
            }
            chunkedCount += found;
        }
        if (chunkedCount != 1) {
            return chunkedCount > 1 ? Rule.CHUNKED_TWICE : listed ? Rule.UNKNOWN_CODING : Rule.TRANSFER_ENCODING;
        }
        head.chunked = true;
        // RFC 9112 §6.1: with both fields somebody may have framed this message otherwise; answer, then close.
        head.close |= known[Known.CONTENT_LENGTH.ordinal()] != NONE;
        return null;
    }

    /** How often a list names chunked, or {@link #NONE} if it names something else. */
    private int countChunked(int start, int end) {
        int count = 0;
        for (int i = start; i < end; ) {
            int comma = endOfElement(i, end);
            int element = skipWhiteSpace(i, comma);
            int elementEnd = trimEnd(element, comma);
            if (element < elementEnd) {
                if (!Syntax.equalsIgnoreCase(bytes, element, elementEnd, "chunked")) {
                    return NONE;
                }
                count++;
            }
            i = comma + 1;
        }
        return count;
    }

    private int endOfElement(int start, int end) {
        int i = start;
        while (i < end && bytes[i] != ',') {
            i++;
        }
        return i;
    }

    /**
     * RFC 9110 §8.6: 1*DIGIT. Beside chunked it does not count (RFC 9112 §6.3), but who sends what is no number there
     * is no honest client.
     */
    private @Nullable Rule checkContentLength(RequestHead head) {
        int field = known[Known.CONTENT_LENGTH.ordinal()];
        if (field == NONE) {
            return null;
        }
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        int zeros = 0;
        long length = 0;
        for (int i = start; i < end; i++) {
            if (!Syntax.isDigit(bytes[i])) {
                return Rule.CONTENT_LENGTH;
            }
            // Digits without end stay at the largest value, which every limit refuses.
            length = length > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : 10 * length + bytes[i] - '0';
            zeros += length == 0 ? 1 : 0;
        }
        if (start == end || zeros > MOST_LEADING_ZEROS) {
            return Rule.CONTENT_LENGTH;
        }
        if (!head.chunked) {
            head.contentLength = length;
        }
        return null;
    }

    /** RFC 9110 §7.6.1: a list of options; we know two. */
    private void checkConnection(RequestHead head) {
        for (int field = known[Known.CONNECTION.ordinal()]; field != NONE; field = head.nextOfName(field)) {
            int end = head.valueEnd(field);
            for (int i = head.valueStart(field); i < end; ) {
                int comma = endOfElement(i, end);
                int option = skipWhiteSpace(i, comma);
                int optionEnd = trimEnd(option, comma);
                head.close |= Syntax.equalsIgnoreCase(bytes, option, optionEnd, "close");
                head.keepAlive |= Syntax.equalsIgnoreCase(bytes, option, optionEnd, "keep-alive");
                i = comma + 1;
            }
        }
    }

    private void checkExpect(RequestHead head) {
        int field = known[Known.EXPECT.ordinal()];
        head.expectContinue = head.minorVersion() > 0
                && field != NONE
                && head.nextOfName(field) < 0
                && Syntax.equalsIgnoreCase(bytes, head.valueStart(field), head.valueEnd(field), "100-continue");
    }
}
