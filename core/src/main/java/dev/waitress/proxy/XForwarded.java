package dev.waitress.proxy;

import dev.waitress.settings.ProxyHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the headers X-Forwarded-For, -Host, -Proto and -Port, which no standard describes. */
final class XForwarded {
    private final Map<ProxyHeader, ProxyField> fields;
    private final int hops;
    private final ForwardedClaims claims = new ForwardedClaims();
    private final Map<ProxyHeader, String> shortened;

    /**
     * A reader.
     *
     * @param hops entries that count, from the end
     * @param shortened receives what is left of a header without those that do not
     */
    XForwarded(Map<ProxyHeader, ProxyField> fields, int hops, Map<ProxyHeader, String> shortened) {
        this.fields = fields;
        this.hops = hops;
        this.shortened = shortened;
    }

    ForwardedClaims read() throws MalformedHeaderException {
        ProxyField field = fields.get(ProxyHeader.X_FORWARDED_FOR);
        if (field != null) {
            String client = firstOfTrusted(ProxyHeader.X_FORWARDED_FOR, field);
            claims.client = client.isEmpty() ? null : field.node(client, true);
        }
        field = fields.get(ProxyHeader.X_FORWARDED_HOST);
        if (field != null) {
            String host = firstOfTrusted(ProxyHeader.X_FORWARDED_HOST, field);
            claims.host = host.isEmpty() ? null : field.host(host);
        }
        field = fields.get(ProxyHeader.X_FORWARDED_PROTO);
        if (field != null) {
            String scheme = only(field).toLowerCase(Locale.ROOT);
            claims.scheme = scheme.isEmpty() ? null : requireScheme(scheme, field);
        }
        field = fields.get(ProxyHeader.X_FORWARDED_PORT);
        if (field != null) {
            String port = only(field);
            claims.port = port.isEmpty() ? null : field.port(port);
        }
        return claims;
    }

    private String firstOfTrusted(ProxyHeader header, ProxyField field) throws MalformedHeaderException {
        List<String> entries = List.of(field.value().split(",", -1));
        List<String> trusted = entries.subList(Math.max(0, entries.size() - hops), entries.size());
        shortened.put(header, String.join(",", trusted).trim());
        List<String> values = new ArrayList<>();
        for (String entry : entries) {
            values.add(field.unquote(entry.trim()));
        }
        return values.get(values.size() - trusted.size());
    }

    /** With a list, a client could slip a value in front of the proxy's. */
    private static String only(ProxyField field) throws MalformedHeaderException {
        String value = field.unquote(field.value());
        if (value.contains(",")) {
            throw field.malformed("Unspecified behavior for multiple values found in header");
        }
        return value;
    }

    static String requireScheme(String scheme, ProxyField field) throws MalformedHeaderException {
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw field.malformed("unsupported proto value");
        }
        return scheme;
    }
}
