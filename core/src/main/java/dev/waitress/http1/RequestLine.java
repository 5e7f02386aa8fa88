package dev.waitress.http1;

import dev.waitress.http.Protocol;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHeadBuilder;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import dev.waitress.http.Target;
import org.jspecify.annotations.Nullable;

/** The request line: method, target and version. RFC 9112 §3. */
final class RequestLine {
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/'};
    /** HTTP-name "/" DIGIT "." DIGIT. */
    private static final int VERSION_BYTES = VERSION.length + 3;

    private RequestLine() {}

    /** Tells the builder what the line says; null if it is accepted. */
    static @Nullable Rejection parse(byte[] bytes, int start, int end, RequestHeadBuilder builder) {
        int methodEnd = endOfMethod(bytes, start, end);
        int targetEnd = end - VERSION_BYTES - 1;
        if (methodEnd == start
                || targetEnd <= methodEnd + 1
                || bytes[methodEnd] != ' '
                || bytes[targetEnd] != ' '
                || hasSpace(bytes, methodEnd + 1, targetEnd)
                || !isVersion(bytes, targetEnd + 1)) {
            return Rejection.of(Rule.START_LINE);
        }
        if (hasLowerCase(bytes, start, methodEnd)) {
            return Rejection.of(Rule.METHOD_CASE, Rejection.echo(bytes, start, methodEnd));
        }
        builder.method(methodEnd);
        boolean isHead = builder.head().isMethod("HEAD");
        if (bytes[end - 3] != '1') {
            return Rejection.of(Rule.VERSION).forRequest(0, isHead);
        }
        // RFC 9110 §2.5: a higher minor version is served as the highest that we speak.
        int minorVersion = bytes[end - 1] == '0' ? 0 : 1;
        builder.protocol(minorVersion == 0 ? Protocol.HTTP_1_0 : Protocol.HTTP_1_1);
        Rule broken = builder.head().isMethod("CONNECT")
                ? Rule.CONNECT
                : Target.parse(bytes, methodEnd + 1, targetEnd, builder);
        return broken == null ? null : Rejection.of(broken).forRequest(minorVersion, isHead);
    }

    private static int endOfMethod(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && Syntax.isToken(bytes[i])) {
            i++;
        }
        return i;
    }

    private static boolean hasSpace(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (bytes[i] == ' ') {
                return true;
            }
        }
        return false;
    }

    private static boolean isVersion(byte[] bytes, int start) {
        for (int i = 0; i < VERSION.length; i++) {
            if (bytes[start + i] != VERSION[i]) {
                return false;
            }
        }
        return Syntax.isDigit(bytes[start + 5]) && bytes[start + 6] == '.' && Syntax.isDigit(bytes[start + 7]);
    }

    private static boolean hasLowerCase(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (bytes[i] >= 'a' && bytes[i] <= 'z') {
                return true;
            }
        }
        return false;
    }
}
