package dev.waitress.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Prefaces as proxies write them, for tests. */
public final class Prefaces {
    public static final String LINE = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";

    /** Addresses and ports of {@link #LINE} in a block. */
    static final String IPV4 = "c0000201 c0000202 dc04 01bb";

    static final String IPV6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 01bb";

    private Prefaces() {}

    static byte[] line(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A block whose length is right; all in hexadecimal. */
    public static byte[] block(String command, String family, String rest) {
        byte[] body = HexFormat.of().parseHex(rest.replace(" ", ""));
        return block(command, family, body.length, body);
    }

    static byte[] block(String command, String family, int length, byte[] body) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + command + family));
        block.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
        block.writeBytes(body);
        return block.toByteArray();
    }

    /** {@link #LINE} as a block. */
    public static byte[] block() {
        return block("21", "11", IPV4);
    }

    /** One of each kind. */
    public static Stream<byte[]> each() {
        return Stream.of(
                line(LINE),
                line("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.2 56324 443\r\n"),
                line("PROXY UNKNOWN\r\n"),
                line("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"),
                block(),
                block("21", "11", IPV4 + "04 0001 00"),
                block("21", "11", IPV4 + "03 0004 95416dd3 04 0000"),
                block("21", "21", IPV6),
                block("21", "31", "2f".repeat(216)),
                block("21", "00", ""),
                block("20", "00", ""));
    }
}
