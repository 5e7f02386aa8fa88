package dev.waitress.exchange;

import dev.waitress.http.RequestHead;
import dev.waitress.http.Syntax;

/**
 * Header fields that usually say something else in each request of a client: those about one representation or body,
 * names of requests, and what proxies add.
 */
final class OwnFields {
    private static final int X_FORWARDED = "x-forwarded-".length();

    private OwnFields() {}

    /** Whether this field of a head is one. All that a {@link dev.waitress.proxy.Forwarding} can hide are. */
    static boolean has(RequestHead head, int field) {
        return switch (head.nameEnd(field) - head.nameStart(field)) {
            case 5 -> head.isField(field, "range");
            case 7 -> head.isField(field, "referer");
            case 8 -> head.isField(field, "if-match") || head.isField(field, "if-range");
            case 9 -> head.isField(field, "forwarded") || head.isField(field, "x-real-ip");
            case 10 -> head.isField(field, "tracestate");
            case 11 -> head.isField(field, "traceparent");
            case 12 -> head.isField(field, "x-request-id");
            default -> isForwarded(head, field) || isLongAndOwn(head, field);
        };
    }

    private static boolean isLongAndOwn(RequestHead head, int field) {
        return switch (head.nameEnd(field) - head.nameStart(field)) {
            case 13 -> head.isField(field, "if-none-match") || head.isField(field, "x-queue-start");
            case 14 -> head.isField(field, "content-length");
            case 15 -> head.isField(field, "x-request-start");
            case 16 -> head.isField(field, "x-correlation-id");
            case 17 -> head.isField(field, "if-modified-since");
            default -> false;
        };
    }

    /** Whether its name begins with {@code X-Forwarded-}. */
    private static boolean isForwarded(RequestHead head, int field) {
        int start = head.nameStart(field);
        return head.nameEnd(field) - start > X_FORWARDED
                && Syntax.equalsIgnoreCase(head.bytes(), start, start + X_FORWARDED, "x-forwarded-");
    }
}
