package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Variables of the environ that are the same for all requests of a connection; encoded once. */
final class Facts {
    static final Facts NONE = new Facts(new byte[0][], new byte[0][]);

    private static final byte[] NOTHING = {};

    /** Of the heap for each, beside its bytes: two arrays. */
    private static final int OBJECT_BYTES = 64;

    private final byte[][] names;
    private final byte[][] values;
    private final byte[] key;

    private Facts(byte[][] names, byte[][] values) {
        this.names = names;
        this.values = values;
        this.key = key(names, values);
    }

    /** Each with its length before it, so that no two sets have the same. */
    private static byte[] key(byte[][] names, byte[][] values) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        for (int i = 0; i < names.length; i++) {
            for (byte[] part : new byte[][] {names[i], values[i]}) {
                key.writeBytes(Ascii.bytes(part.length + ":"));
                key.writeBytes(part);
            }
        }
        return key.toByteArray();
    }

    /** Text beyond ASCII, as certificates have it, is UTF-8. */
    static Facts of(Map<String, String> variables) {
        return new Facts(
                variables.keySet().stream().map(Ascii::bytes).toArray(byte[][]::new),
                variables.values().stream()
                        .map(value -> value.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new));
    }

    /** The same for the same variables with the same values. */
    byte[] key() {
        return key;
    }

    /** Bytes of all names and values, and some more. */
    int length() {
        return key.length;
    }

    /** Bytes of the heap that they take, rather too many than too few: each is there twice. */
    int heldBytes() {
        return 2 * key.length + OBJECT_BYTES * names.length;
    }

    int count() {
        return names.length;
    }

    byte[] name(int index) {
        return names[index];
    }

    byte[] value(int index) {
        return values[index];
    }

    /** The value of one, or nothing. */
    byte[] value(byte[] name) {
        for (int i = 0; i < names.length; i++) {
            if (Arrays.equals(names[i], name)) {
                return values[i];
            }
        }
        return NOTHING;
    }
}
