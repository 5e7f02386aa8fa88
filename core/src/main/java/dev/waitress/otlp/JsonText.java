package dev.waitress.otlp;

import dev.waitress.exchange.Json;

/**
 * JSON in the making, as Protocol Buffers have it: 64-bit numbers are texts. Commas come by themselves. One thread at a
 * time.
 */
final class JsonText {
    private final StringBuilder text;

    JsonText(int capacity) {
        text = new StringBuilder(capacity);
    }

    /** Opens an object or an array; its name comes before. */
    JsonText open(char bracket) {
        separate();
        text.append(bracket);
        return this;
    }

    JsonText close(char bracket) {
        text.append(bracket);
        return this;
    }

    JsonText name(String name) {
        separate();
        Json.quote(name, text);
        text.append(':');
        return this;
    }

    JsonText field(String name, String value) {
        name(name);
        Json.quote(value, text);
        return this;
    }

    JsonText field(String name, int value) {
        name(name);
        text.append(value);
        return this;
    }

    /** An attribute that is a text; none if it is empty. */
    JsonText attribute(String key, String value) {
        return value.isEmpty() ? this : attribute(key, "stringValue", value);
    }

    /** An attribute that is a number. */
    JsonText attribute(String key, long value) {
        return attribute(key, "intValue", Long.toString(value));
    }

    private JsonText attribute(String key, String type, String value) {
        open('{').field("key", key).name("value").open('{').field(type, value);
        return close('}').close('}');
    }

    private void separate() {
        int length = text.length();
        char last = length == 0 ? '{' : text.charAt(length - 1);
        if (last != '{' && last != '[' && last != ':') {
            text.append(',');
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
