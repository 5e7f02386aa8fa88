package dev.waitress.proxy;

import dev.waitress.http.Ascii;
import dev.waitress.http.Authority;
import java.util.regex.Pattern;

/**
 * A header field of a trusted proxy, and how its parts are read; what is wrong with one is said in its name.
 *
 * @param name as answers and log show it
 * @param value the values of all fields of this name, as one list
 */
record ProxyField(String name, String value) {
    /** RFC 9110 §5.6.4: quoted-string. */
    private static final Pattern QUOTED =
            Pattern.compile("\"([\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]|\\\\[\t \\x21-\\x7E\\x80-\\xFF])*+\"");

    private static final Pattern QUOTED_PAIR = Pattern.compile("\\\\(.)");

    MalformedHeaderException malformed(String reason) {
        return new MalformedHeaderException(name, reason, value);
    }

    /** What a quoted string stands for; anything else as it is. */
    String unquote(String text) throws MalformedHeaderException {
        if (!text.startsWith("\"") && !text.endsWith("\"")) {
            return text;
        }
        if (!QUOTED.matcher(text).matches()) {
            throw malformed("Invalid quoting in value");
        }
        return QUOTED_PAIR.matcher(text.substring(1, text.length() - 1)).replaceAll("$1");
    }

    ForwardedNode node(String text, boolean mayBeBare) throws MalformedHeaderException {
        ForwardedNode node = ForwardedNode.parse(text, mayBeBare);
        if (node == null) {
            throw malformed("invalid address");
        }
        return node;
    }

    /** A host with or without a port; without checks, what a client slipped in would become part of URLs. */
    ForwardedNode host(String text) throws MalformedHeaderException {
        byte[] bytes = Ascii.bytes(text);
        if (!Authority.isValid(bytes, 0, bytes.length) || text.startsWith(":")) {
            throw malformed("invalid host");
        }
        int colon = text.lastIndexOf(':');
        if (colon < text.lastIndexOf(']') || colon < 0) {
            return new ForwardedNode(text, "");
        }
        String port = text.substring(colon + 1);
        return new ForwardedNode(text.substring(0, colon), port.isEmpty() ? "" : port(port));
    }

    String port(String text) throws MalformedHeaderException {
        if (!ForwardedNode.isPort(text)) {
            throw malformed("invalid port");
        }
        return ForwardedNode.withoutZeros(text);
    }
}
