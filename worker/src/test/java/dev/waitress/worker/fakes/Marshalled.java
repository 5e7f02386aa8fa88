package dev.waitress.worker.fakes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A message as Python reads it: numbers, text, truth values and dictionaries of them. */
public final class Marshalled {
    private static final byte NULL = '0';

    private final ByteBuffer bytes;

    private Marshalled(byte[] message) {
        this.bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A message that is one dictionary, and nothing behind it. */
    public static Map<Object, Object> dictionary(byte[] message) {
        Marshalled reader = new Marshalled(message);
        if (reader.bytes.get() != '{') {
            throw new IllegalArgumentException("no dictionary");
        }
        Map<Object, Object> read = reader.entries();
        if (reader.bytes.hasRemaining()) {
            throw new IllegalArgumentException(reader.bytes.remaining() + " bytes behind the dictionary");
        }
        return read;
    }

    private Map<Object, Object> entries() {
        Map<Object, Object> read = new HashMap<>();
        byte code;
        while ((code = bytes.get()) != NULL) {
            Object key = value(code);
            read.put(key, value(bytes.get()));
        }
        return read;
    }

    private Object value(byte code) {
        return switch (code) {
            case 'T' -> true;
            case 'F' -> false;
            case 'i' -> bytes.getInt();
            case 'u' -> text();
            case '{' -> entries();
            case '[' -> list();
            default -> throw new IllegalArgumentException("code " + (char) code);
        };
    }

    private String text() {
        byte[] utf8 = new byte[bytes.getInt()];
        bytes.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private Object list() {
        Object[] items = new Object[bytes.getInt()];
        for (int i = 0; i < items.length; i++) {
            items[i] = value(bytes.get());
        }
        return List.of(items);
    }
}
