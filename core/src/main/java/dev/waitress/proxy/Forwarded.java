package dev.waitress.proxy;

import dev.waitress.http.Ascii;
import dev.waitress.http.Printable;
import dev.waitress.http.Syntax;
import dev.waitress.settings.ProxyHeader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header Forwarded. RFC 7239 §4:
 *
 * <pre>
 *   Forwarded         = 1#forwarded-element
 *   forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
 *   forwarded-pair    = token "=" value
 *   value             = token / quoted-string
 * </pre>
 *
 * Its own examples have white space after ";", and many proxies do not quote ":" and "[", so both are accepted.
 */
final class Forwarded {
    private static final Logger LOG = System.getLogger("waitress");

    private static final Set<String> NAMES = Set.of("for", "by", "host", "proto");

    /** What one proxy added: as it was sent, and its pairs by name in lower case. */
    private record Element(String text, Map<String, String> pairs) {}

    private final ProxyField field;
    private final String text;
    private int at;

    Forwarded(ProxyField field) {
        this.field = field;
        this.text = field.value();
    }

    /**
     * Reads it all, and takes what the last elements say.
     *
     * @param hops elements that count, from the end
     * @param shortened receives what is left of the header without those that do not
     */
    ForwardedClaims read(int hops, Map<ProxyHeader, String> shortened) throws MalformedHeaderException {
        List<Element> elements = elements();
        List<Element> trusted = elements.subList(Math.max(0, elements.size() - hops), elements.size());
        shortened.put(
                ProxyHeader.FORWARDED,
                String.join(", ", trusted.stream().map(Element::text).toList()));
        warnOfUnknownNames(trusted);
        ForwardedClaims claims = new ForwardedClaims();
        String client = leftmost("for", trusted);
        claims.client = client == null ? null : field.node(client, false);
        String host = leftmost("host", trusted);
        claims.host = host == null ? null : field.host(host);
        String proto = leftmost("proto", trusted);
        claims.scheme = proto == null
                ? null
                : XForwarded.requireScheme(proto.toLowerCase(Locale.ROOT), new ProxyField("Forwarded Proto=", proto));
        return claims;
    }

    private static @Nullable String leftmost(String name, List<Element> elements) {
        for (Element element : elements) {
            String value = element.pairs.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    /** In one line, however many there are: a client may have written them. */
    private static void warnOfUnknownNames(List<Element> elements) {
        String unknown = elements.stream()
                .flatMap(element -> element.pairs.keySet().stream())
                .filter(name -> !NAMES.contains(name))
                .distinct()
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            LOG.log(Level.WARNING, "Unknown Forwarded token: " + Printable.of(unknown));
        }
    }

    private List<Element> elements() throws MalformedHeaderException {
        List<Element> elements = new ArrayList<>();
        do {
            elements.add(element());
        } while (at++ < text.length()); // over the comma
        return elements;
    }

    private Element element() throws MalformedHeaderException {
        int start = at;
        Map<String, String> pairs = new HashMap<>();
        skipWhiteSpace();
        while (!isAtAny(",")) {
            if (isAtAny(";")) {
                at++;
            } else {
                pair(pairs);
            }
            skipWhiteSpace();
        }
        return new Element(text.substring(start, at).trim(), pairs);
    }

    /** From its first character to the {@code ;} or {@code ,} behind it, or the end. */
    private void pair(Map<String, String> pairs) throws MalformedHeaderException {
        String name = upTo("=;,");
        if (at == text.length() || text.charAt(at) != '=') {
            throw field.malformed("Invalid forwarded-pair missing \"=\"");
        }
        at++;
        if (!name.equals(name.trim())) {
            throw field.malformed("Token may not be surrounded by whitespace");
        }
        byte[] bytes = Ascii.bytes(name);
        if (!Syntax.isTokens(bytes, 0, bytes.length)) {
            throw field.malformed("Invalid token");
        }
        pairs.put(name.toLowerCase(Locale.ROOT), value());
    }

    private String value() throws MalformedHeaderException {
        boolean quoted = at < text.length() && text.charAt(at) == '"';
        String value = (quoted ? quotedString() : "") + upTo(";,");
        // What stands between a value and the comma belongs to the list; RFC 9110 §5.6.1.
        String sent = isAtAny(",") ? value.stripTrailing() : value;
        if (!sent.equals(sent.trim())) {
            throw field.malformed("Value may not be surrounded by whitespace");
        }
        String plain = field.unquote(sent);
        if (!quoted && plain.contains("\"")) {
            throw field.malformed("Invalid quoting in value");
        }
        return plain;
    }

    /** With its quotes. Separators inside do not count, so it must end before anything else is looked at. */
    private String quotedString() throws MalformedHeaderException {
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            throw field.malformed("Invalid quoting in value");
        }
        return text.substring(start, ++at);
    }

    private String upTo(String separators) {
        int start = at;
        while (!isAtAny(separators)) {
            at++;
        }
        return text.substring(start, at);
    }

    /** Whether one of these comes next, or the end. */
    private boolean isAtAny(String separators) {
        return at == text.length() || separators.indexOf(text.charAt(at)) >= 0;
    }

    private void skipWhiteSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }
}
