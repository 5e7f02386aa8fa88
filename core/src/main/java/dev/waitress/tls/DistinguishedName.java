package dev.waitress.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parts of a name such as {@code CN=Jane\, Doe,O=Shop}. RFC 2253 §3. */
final class DistinguishedName {
    /**
     * One attribute.
     *
     * @param type for example {@code CN}
     * @param value without escapes
     */
    record Part(String type, String value) {}

    private final String text;
    private int at;

    private DistinguishedName(String text) {
        this.text = text;
    }

    /** The first of them, at most so many. */
    static List<Part> parts(String text, int most) {
        DistinguishedName name = new DistinguishedName(text);
        List<Part> parts = new ArrayList<>();
        while (name.at < text.length() && parts.size() < most) {
            int equals = text.indexOf('=', name.at);
            if (equals < 0) {
                break;
            }
            String type = text.substring(name.at, equals);
            name.at = equals + 1;
            parts.add(new Part(type, name.value()));
        }
        return parts;
    }

    /** Up to the next separator, and over it. Hexadecimal escapes are bytes of UTF-8. */
    private String value() {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        while (at < text.length()) {
            int start = at;
            int c = text.codePointAt(at); // halves of a pair are no text: each would become a question mark
            at += Character.charCount(c);
            if (c == ',' || c == '+') {
                break;
            }
            if (c != '\\' || at == text.length()) {
                value.writeBytes(text.substring(start, at).getBytes(StandardCharsets.UTF_8));
            } else if (isHex(at) && isHex(at + 1)) {
                value.write(Integer.parseInt(text.substring(at, at + 2), 16));
                at += 2;
            } else {
                value.writeBytes(text.substring(at, ++at).getBytes(StandardCharsets.UTF_8));
            }
        }
        return value.toString(StandardCharsets.UTF_8);
    }

    private boolean isHex(int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
    }
}
