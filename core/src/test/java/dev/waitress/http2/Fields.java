package dev.waitress.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps the fields of blocks as {@code name: value}. */
final class Fields implements FieldSink {
    final List<String> list = new ArrayList<>();

    @Override
    public boolean field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        list.add(text(names, name, nameEnd) + ": " + text(values, value, valueEnd));
        return true;
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** The fields of one block, by a decoder that may know others; or what the block breaks. */
    static List<String> decode(HpackDecoder decoder, byte[] block) {
        Fields fields = new Fields();
        Fault fault = decoder.decode(block, 0, block.length, fields);
        return fault == null ? fields.list : List.of(fault.code().toString());
    }
}
