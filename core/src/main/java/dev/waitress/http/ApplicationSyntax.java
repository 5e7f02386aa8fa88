package dev.waitress.http;

import java.util.Locale;
import java.util.Set;

/**
 * What an application may put into the head of a response. It refuses what would not be HTTP: response splitting,
 * hop-by-hop fields, a Content-Length that is none. A refusal is an {@link IllegalArgumentException}, whose message
 * shows the application's text cut and escaped.
 */
final class ApplicationSyntax {
    private static final int MOST_STATUS_BYTES = 64 * 1024;

    /** RFC 9110 §7.6.1 and PEP 3333, "Other HTTP Features". */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private ApplicationSyntax() {}

    // status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 §4
    /** The code of a status, which must be that of a final response. */
    static int requireStatus(byte[] source, int start, int end) {
        if (hasLineEnd(source, start, end)) {
            throw new IllegalArgumentException("carriage return/line feed character present in status");
        }
        if (end - start > MOST_STATUS_BYTES) {
            throw new IllegalArgumentException("a status of " + (end - start) + " bytes, limit " + MOST_STATUS_BYTES);
        }
        if (end - start < 4
                || !Syntax.isDigit(source[start])
                || !Syntax.isDigit(source[start + 1])
                || !Syntax.isDigit(source[start + 2])
                || source[start + 3] != ' '
                || !Syntax.isFieldValue(source, start, end)) {
            throw new IllegalArgumentException(
                    "status \"" + Rejection.echo(source, start, end) + "\" is not three digits, a space and a reason");
        }
        int code = 100 * (source[start] - '0') + 10 * (source[start + 1] - '0') + source[start + 2] - '0';
        // Those beyond 599 are none of HTTP, but are sent on, as Waitress does.
        if (code < 200) {
            throw new IllegalArgumentException("status " + code + " is not that of a final response (from 200 on)");
        }
        return code;
    }

    /** Name and value of a field. */
    static void requireField(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        if (!Syntax.isTokens(names, name, nameEnd)) {
            throw badName(names, name, nameEnd);
        }
        if (!Syntax.isFieldValue(values, value, valueEnd)) {
            throw badValue(values, value, valueEnd);
        }
    }

    private static IllegalArgumentException badName(byte[] source, int start, int end) {
        return new IllegalArgumentException(
                hasLineEnd(source, start, end)
                        ? "carriage return/line feed character present in header name"
                        : "header name \"" + Rejection.echo(source, start, end) + "\" is not a token");
    }

    private static IllegalArgumentException badValue(byte[] source, int start, int end) {
        return new IllegalArgumentException(
                hasLineEnd(source, start, end)
                        ? "carriage return/line feed character present in header value"
                        : "header value \"" + Rejection.echo(source, start, end) + "\" has a control character");
    }

    private static boolean hasLineEnd(byte[] source, int start, int end) {
        return Syntax.findLineEnd(source, start, end) < end;
    }

    /** The number of bytes that a Content-Length states. */
    static long requireLength(byte[] source, int start, int end) {
        long stated = Syntax.decimal(source, start, end);
        if (stated < 0 || stated == Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "Content-Length \"" + Rejection.echo(source, start, end) + "\" is not a number of bytes");
        }
        return stated;
    }

    /** The name of a field: not of one that is the connection's, and so the server's. */
    static void requireEndToEnd(byte[] source, int start, int end) {
        String name = Rejection.echo(source, start, end);
        if (HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    name + " is a \"hop-by-hop\" header; it cannot be used by a WSGI application (see PEP 3333)");
        }
    }
}
