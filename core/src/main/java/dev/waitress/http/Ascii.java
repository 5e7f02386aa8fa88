package dev.waitress.http;

import java.nio.charset.StandardCharsets;

/** Text that is bytes on the wire. */
public final class Ascii {
    private Ascii() {}

    /** One byte per character; those beyond latin-1 become question marks, so check first where that matters. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One character per byte. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
