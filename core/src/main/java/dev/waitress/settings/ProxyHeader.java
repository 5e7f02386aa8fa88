package dev.waitress.settings;

import java.util.Locale;

/** The headers in which proxies tell of the client that they speak for, in the order in which messages list them. */
public enum ProxyHeader {
    X_FORWARDED_FOR("X-Forwarded-For"),
    X_FORWARDED_HOST("X-Forwarded-Host"),
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    X_FORWARDED_PORT("X-Forwarded-Port"),
    /** Only kept or dropped, never used. */
    X_FORWARDED_BY("X-Forwarded-By"),
    /** RFC 7239. */
    FORWARDED("Forwarded");

    private final String fieldName;
    private final String word;
    private final String variable;

    ProxyHeader(String fieldName) {
        this.fieldName = fieldName;
        this.word = fieldName.toLowerCase(Locale.ROOT);
        this.variable = "HTTP_" + fieldName.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Its name in an environ. */
    public String variable() {
        return variable;
    }

    /** As messages write it. */
    public String fieldName() {
        return fieldName;
    }

    /** In lower case, as {@code trusted_proxy_headers} takes it. */
    public String word() {
        return word;
    }
}
