package dev.waitress.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fields of one head that the server itself reads, and what they say of the message. RFC 9112 §3.2, §6 and §9. */
@SuppressWarnings("EnumOrdinal") // an array by ordinal: an EnumMap would box every index
final class MessageFields {
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

    private static final int NONE = -1;

    /** No client pads a length with more; and what reads on reads a number, not a text of any length. */
    private static final int MOST_LEADING_ZEROS = 100;

    /** The first field of each kind. */
    private final int[] known = new int[Known.values().length];

    private final ListElements elements = new ListElements();

    void clear() {
        Arrays.fill(known, NONE);
    }

    /** Takes note of a field whose name lies here; false if it may come only once, and has come before. */
    boolean note(byte[] bytes, int name, int nameEnd, int field) {
        Known kind = Known.of(bytes, name, nameEnd);
        if (kind == Known.OTHER) {
            return true;
        }
        boolean isFirst = first(kind) == NONE;
        if (isFirst) {
            known[kind.ordinal()] = field;
        }
        return isFirst || !kind.single;
    }

    private int first(Known kind) {
        return known[kind.ordinal()];
    }

    /** Tells the builder what the noted fields say; the rule that they break, if they break one. */
    @Nullable
    Rule check(RequestHeadBuilder builder) {
        RequestHead head = builder.head();
        Rule broken = checkHost(head);
        if (broken == null) {
            broken = checkTransferEncoding(head, builder);
        }
        if (broken == null) {
            broken = checkContentLength(head, builder);
        }
        if (broken == null) {
            checkConnection(head, builder);
            checkExpect(head, builder);
        }
        return broken;
    }

    private @Nullable Rule checkHost(RequestHead head) {
        int host = first(Known.HOST);
        if (host == NONE) {
            return head.minorVersion() > 0 ? Rule.HOST_MISSING : null;
        }
        return Authority.isValid(head.bytes(), head.valueStart(host), head.valueEnd(host)) ? null : Rule.HOST_SYNTAX;
    }

    /** RFC 9112 §6.1: a list of codings of which we know one, chunked. */
    private @Nullable Rule checkTransferEncoding(RequestHead head, RequestHeadBuilder builder) {
        int field = first(Known.TRANSFER_ENCODING);
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
            int found = countChunked(head.bytes(), head.valueStart(field), head.valueEnd(field));
            if (found == NONE) {
                return Rule.UNKNOWN_CODING;
            }
            chunkedCount += found;
        }
        if (chunkedCount != 1) {
            return chunkedCount > 1 ? Rule.CHUNKED_TWICE : listed ? Rule.UNKNOWN_CODING : Rule.TRANSFER_ENCODING;
        }
        builder.chunked();
        if (first(Known.CONTENT_LENGTH) != NONE) {
            // RFC 9112 §6.1: with both fields somebody may have framed this message otherwise; answer, then close.
            builder.close();
        }
        return null;
    }

    /** How often a list names chunked, or {@link #NONE} if it names something else. */
    private int countChunked(byte[] bytes, int start, int end) {
        int count = 0;
        elements.of(bytes, start, end);
        while (elements.next()) {
            if (!elements.is("chunked")) {
                return NONE;
            }
            count++;
        }
        return count;
    }

    /**
     * RFC 9110 §8.6: 1*DIGIT. Beside chunked it does not count (RFC 9112 §6.3), but who sends what is no number there
     * is no honest client.
     */
    private @Nullable Rule checkContentLength(RequestHead head, RequestHeadBuilder builder) {
        int field = first(Known.CONTENT_LENGTH);
        if (field == NONE) {
            return null;
        }
        byte[] bytes = head.bytes();
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        int zeros = 0;
        while (start + zeros < end && bytes[start + zeros] == '0') {
            zeros++;
        }
        // Digits without end are the largest value, which every limit refuses.
        long length = Syntax.decimal(bytes, start, end);
        if (length < 0 || zeros > MOST_LEADING_ZEROS) {
            return Rule.CONTENT_LENGTH;
        }
        if (!head.isChunked()) {
            builder.contentLength(length);
        }
        return null;
    }

    /** RFC 9110 §7.6.1: a list of options; we know two. */
    private void checkConnection(RequestHead head, RequestHeadBuilder builder) {
        for (int field = first(Known.CONNECTION); field != NONE; field = head.nextOfName(field)) {
            elements.of(head.bytes(), head.valueStart(field), head.valueEnd(field));
            while (elements.next()) {
                if (elements.is("close")) {
                    builder.close();
                } else if (elements.is("keep-alive")) {
                    builder.keepAlive();
                }
            }
        }
    }

    private void checkExpect(RequestHead head, RequestHeadBuilder builder) {
        int field = first(Known.EXPECT);
        if (head.minorVersion() > 0
                && field != NONE
                && head.nextOfName(field) == NONE
                && Syntax.equalsIgnoreCase(
                        head.bytes(), head.valueStart(field), head.valueEnd(field), "100-continue")) {
            builder.expectContinue();
        }
    }
}
