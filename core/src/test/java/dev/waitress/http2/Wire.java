package dev.waitress.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What a client writes. */
public final class Wire {
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int PADDED = 8;
    public static final int PRIORITIZED = 0x20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The preface and SETTINGS without any. */
    public static Wire opened() {
        return new Wire().text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").frame(4, 0, 0, "");
    }

    /** Text, one byte for each character. */
    public Wire text(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A frame, whatever is wrong with it. */
    public Wire frame(int type, int flags, int stream, String payload) {
        int length = payload.length();
        bytes.writeBytes(
                new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type, (byte) flags});
        return text(number(stream)).text(payload);
    }

    /** A number of four bytes. */
    public static String number(int value) {
        return "" + (char) (value >>> 24) + (char) (value >>> 16 & 0xFF) + (char) (value >>> 8 & 0xFF)
                + (char) (value & 0xFF);
    }

    /** Fields in the plainest form: names and values in turns. */
    public static String block(String... fields) {
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            block.append('\0').append(string(fields[i])).append(string(fields[i + 1]));
        }
        return block.toString();
    }

    private static String string(String text) {
        int rest = text.length() - 127;
        if (rest < 0) {
            return (char) text.length() + text;
        }
        StringBuilder length = new StringBuilder("\u007f");
        for (; rest >= 128; rest >>>= 7) {
            length.append((char) (rest & 0x7F | 0x80));
        }
        return length.append((char) rest) + text;
    }

    /** HEADERS that say all. */
    public Wire headers(int stream, boolean endsStream, String... fields) {
        return frame(1, END_HEADERS | (endsStream ? END_STREAM : 0), stream, block(fields));
    }

    /** A request for the path, without a body. */
    public Wire get(int stream, String path) {
        return headers(stream, true, ":method", "GET", ":scheme", "http", ":path", path, ":authority", "a");
    }

    /** DATA. */
    public Wire data(int stream, boolean endsStream, String data) {
        return frame(0, endsStream ? END_STREAM : 0, stream, data);
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public String toString() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
