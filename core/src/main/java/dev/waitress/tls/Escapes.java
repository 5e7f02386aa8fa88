package dev.waitress.tls;

import java.nio.charset.StandardCharsets;

/**
 * Text of certificates without control characters. Whoever was issued one may have chosen it, and an application may
 * put it into a header, a log or a file of lines. As OpenSSL does it for mod_ssl: each of their bytes in UTF-8 becomes
 * a backslash and two digits.
 */
final class Escapes {
    private static final String DIGITS = "0123456789ABCDEF";
    private static final int NIBBLE = 4;
    private static final int LOW = 0xf;

    private Escapes() {}

    /** A whole distinguished name, whose backslashes are escapes already. RFC 2253 §2.4. */
    static String inName(String text) {
        return escape(text, false);
    }

    /** Any other text: backslashes become two, so that none is taken for an escape. */
    static String inText(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean backslashToo) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                append(String.valueOf(c).getBytes(StandardCharsets.UTF_8), escaped);
            } else if (c == '\\' && backslashToo) {
                escaped.append("\\\\");
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static void append(byte[] bytes, StringBuilder escaped) {
        for (byte each : bytes) {
            escaped.append('\\').append(DIGITS.charAt(each >> NIBBLE & LOW)).append(DIGITS.charAt(each & LOW));
        }
    }
}
