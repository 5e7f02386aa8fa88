package dev.waitress.http2;

import java.util.HexFormat;

/** Bytes as RFC 7541 shows them. */
final class Hex {
    private Hex() {}

    static byte[] bytes(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
}
