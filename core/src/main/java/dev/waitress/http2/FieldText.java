package dev.waitress.http2;

import dev.waitress.http.Syntax;

/** What names and values may hold that come in blocks, where no line ends them. RFC 9113 §8.2. */
final class FieldText {
    private static final String[] OF_CONNECTIONS = {
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"
    };

    private FieldText() {}

    /** Whether it is a name: a token, and in lower case. §8.2.1. */
    static boolean isName(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Syntax.isToken(bytes[i]) || bytes[i] >= 'A' && bytes[i] <= 'Z') {
                return false;
            }
        }
        return start < end;
    }

    /** Whether it is a value: it cannot end a line, and has no white space around it. §8.2.1. */
    static boolean isValue(byte[] bytes, int start, int end) {
        return Syntax.isFieldValue(bytes, start, end)
                && (start == end || !Syntax.isWhiteSpace(bytes[start]) && !Syntax.isWhiteSpace(bytes[end - 1]));
    }

    /** Whether the field speaks of a connection of HTTP/1, which this is not. §8.2.2. */
    static boolean isOfConnection(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        if (nameEnd - name == 2) {
            return Syntax.equalsIgnoreCase(names, name, nameEnd, "te")
                    && !Syntax.equalsIgnoreCase(values, value, valueEnd, "trailers");
        }
        for (String each : OF_CONNECTIONS) {
            if (Syntax.equalsIgnoreCase(names, name, nameEnd, each)) {
                return true;
            }
        }
        return false;
    }
}
