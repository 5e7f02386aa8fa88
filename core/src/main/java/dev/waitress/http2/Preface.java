package dev.waitress.http2;

import dev.waitress.http.Ascii;
import java.util.Arrays;

/** What a client of HTTP/2 sends first. RFC 9113 §3.4. */
public final class Preface {
    private static final byte[] BYTES = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private Preface() {}

    /** Bytes of it. */
    public static int length() {
        return BYTES.length;
    }

    /** Whether this is the byte at a place within it. */
    public static boolean isAt(int index, byte b) {
        return BYTES[index] == b;
    }

    /** The first so many of its bytes. */
    public static byte[] start(int count) {
        return Arrays.copyOf(BYTES, count);
    }
}
