package dev.waitress.http;

import org.jspecify.annotations.Nullable;

/** The request target: origin form, absolute form or asterisk. RFC 9112 §3.2. */
public final class Target {
    private Target() {}

    /** Tells the builder, which has the method, what lies where in a target; null if that is accepted. */
    public static @Nullable Rule parse(byte[] bytes, int start, int end, RequestHeadBuilder head) {
        head.target(start, end);
        for (int i = start; i < end; i++) {
            // Neither control characters nor bytes beyond ASCII nor a fragment belong in a target.
            if (bytes[i] <= ' ' || bytes[i] == 0x7F || bytes[i] == '#') {
                return Rule.TARGET;
            }
        }
        int path = start;
        if (bytes[start] != '/') {
            if (end - start == 1 && bytes[start] == '*') {
                head.path(start, end, end);
                return head.head().isMethod("OPTIONS") ? null : Rule.TARGET;
            }
            int authority = endOfScheme(bytes, start, end);
            path = endOfAuthority(bytes, authority, end);
            if (authority == start || path == authority || !isAuthority(bytes, authority, path)) {
                return Rule.TARGET;
            }
            head.authority(authority, path);
        }
        head.path(path, endOfPath(bytes, path, end), end);
        return null;
    }

    private static int endOfPath(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && bytes[i] != '?') {
            i++;
        }
        return i;
    }

    /** Index after {@code http://} or {@code https://}, or {@code start} if it is neither. */
    private static int endOfScheme(byte[] bytes, int start, int end) {
        for (String scheme : new String[] {"http://", "https://"}) {
            int after = start + scheme.length();
            if (after <= end && Syntax.equalsIgnoreCase(bytes, start, after, scheme)) {
                return after;
            }
        }
        return start;
    }

    private static int endOfAuthority(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && bytes[i] != '/' && bytes[i] != '?') {
            i++;
        }
        return i;
    }

    /** With a host: {@code http://:80/} names none. User information is refused with every other {@code @}. */
    private static boolean isAuthority(byte[] bytes, int start, int end) {
        return bytes[start] != ':' && Authority.isValid(bytes, start, end);
    }
}
