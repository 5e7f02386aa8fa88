package dev.waitress.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes as text that no editor can change unseen: printable ASCII, escapes for the rest, repetitions for long runs.
 * wire/README.md has the notation.
 */
public final class Notation {
    private static final Pattern PART = Pattern.compile("\\\\(?:([rnt\\\\{])|x(\\p{XDigit}{2}))"
            + "|\\{((?:[^\\\\{}]|\\\\.)*)\\*(\\d{1,7})}"
            + "|([\\x20-\\x7e&&[^\\\\{]])");

    private Notation() {}

    /**
     * The bytes that a text stands for.
     *
     * @throws IllegalArgumentException if it holds what the notation does not know
     */
    static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher part = PART.matcher(text);
        int at = 0;
        while (part.find() && part.start() == at) {
            at = part.end();
            append(bytes, part);
        }
        if (at < text.length()) {
            throw new IllegalArgumentException("not in the notation: " + text.substring(at));
        }
        return bytes.toByteArray();
    }

    private static void append(ByteArrayOutputStream bytes, Matcher part) {
        if (part.group(1) != null) {
            bytes.write("\r\n\t\\{".charAt("rnt\\{".indexOf(part.group(1))));
        } else if (part.group(2) != null) {
            bytes.write(HexFormat.fromHexDigits(part.group(2)));
        } else if (part.group(3) != null) {
            byte[] repeated = decode(part.group(3));
            for (int i = Integer.parseInt(part.group(4)); i > 0; i--) {
                bytes.writeBytes(repeated);
            }
        } else {
            bytes.write(part.group(5).charAt(0));
        }
    }

    /** The one way to write these bytes without repetitions. */
    public static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\\', '{' -> text.append('\\').append((char) b);
                default -> text.append(b >= ' ' && b < 0x7F ? String.valueOf((char) b) : String.format("\\x%02x", b));
            }
        }
        return text.toString();
    }

    /** The same of text that has one character per byte. */
    public static String encode(String latin1) {
        return encode(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The one way to write what this text stands for. */
    static String canonical(String text) {
        return encode(decode(text));
    }
}
