package dev.waitress.http2;

import dev.waitress.http.ByteArrays;
import dev.waitress.http2.StaticTable.Entry;
import org.jspecify.annotations.Nullable;

/** The field blocks of one client, which refer to those before. RFC 7541 §3 and §6. One thread at a time. */
public final class HpackDecoder {
    /** Beyond every length and index that means something. */
    private static final int TOO_LARGE = 1 << 28;

    private static final Fault BAD_INTEGER = Fault.compression("an integer in a field block that ends too early");
    private static final Fault BAD_STRING = Fault.compression("a string in a field block that is none");
    private static final Fault BAD_INDEX = Fault.compression("a field block refers to a field that there is not");
    private static final Fault BAD_RESIZE = Fault.compression("a field block resizes the table where it must not");
    private static final Fault TOO_LONG = Fault.flood("a field block stands for too many fields");

    private final DynamicTable table = new DynamicTable();
    private final Text name = new Text();
    private final Text value = new Text();

    // The present block.
    private byte[] bytes = {};
    private int at;
    private int end;

    /** A string of the block, in its own bytes or decoded. */
    private static final class Text {
        private static final int KEPT_BYTES = 256;

        private byte[] scratch = {};
        byte[] bytes = {};
        int start;
        int end;

        void set(byte[] source, int from, int to) {
            bytes = source;
            start = from;
            end = to;
        }

        boolean decode(byte[] source, int from, int to) {
            scratch = ByteArrays.withRoom(scratch, Huffman.mostDecoded(to - from));
            int decoded = Huffman.decode(source, from, to, scratch, 0);
            set(scratch, 0, decoded);
            return decoded >= 0;
        }

        /** Holds on to nothing that is large. */
        void clear() {
            bytes = scratch.length > KEPT_BYTES ? new byte[0] : scratch;
            scratch = bytes;
        }
    }

    /** Bytes that it holds on to, for the sake of later blocks. */
    public int heldBytes() {
        return table.heldBytes();
    }

    /** Decodes a whole block; what it breaks, if anything. */
    public @Nullable Fault decode(byte[] block, int from, int to, FieldSink sink) {
        bytes = block;
        at = from;
        end = to;
        boolean mayResize = true;
        Fault fault = null;
        while (at < end && fault == null) {
            int first = bytes[at];
            boolean resizes = (first & 0xE0) == 0x20;
            if (resizes) {
                fault = mayResize ? resize() : BAD_RESIZE;
            } else {
                mayResize = false;
                fault = first < 0 ? indexed(sink) : literal(first, sink);
            }
        }
        bytes = new byte[0];
        name.clear();
        value.clear();
        return fault;
    }

    private @Nullable Fault resize() {
        int most = integer(5);
        if (most < 0) {
            return BAD_INTEGER;
        }
        if (most > DynamicTable.MOST_BYTES) {
            return BAD_RESIZE;
        }
        table.resize(most);
        return null;
    }

    private @Nullable Fault indexed(FieldSink sink) {
        Entry entry = entry(integer(7));
        if (entry == null) {
            return BAD_INDEX;
        }
        byte[] field = entry.bytes;
        return sink.field(field, 0, entry.nameLength, field, entry.nameLength, field.length) ? null : TOO_LONG;
    }

    private @Nullable Fault literal(int first, FieldSink sink) {
        boolean isRemembered = (first & 0x40) != 0;
        int index = integer(isRemembered ? 6 : 4);
        if (index < 0) {
            return BAD_INTEGER;
        }
        if (index == 0) {
            if (!string(name)) {
                return BAD_STRING;
            }
        } else {
            Entry entry = entry(index);
            if (entry == null) {
                return BAD_INDEX;
            }
            name.set(entry.bytes, 0, entry.nameLength);
        }
        if (!string(value)) {
            return BAD_STRING;
        }
        if (isRemembered) {
            table.add(remembered());
        }
        return sink.field(name.bytes, name.start, name.end, value.bytes, value.start, value.end) ? null : TOO_LONG;
    }

    private Entry remembered() {
        int nameLength = name.end - name.start;
        int valueLength = value.end - value.start;
        byte[] both = new byte[nameLength + valueLength];
        System.arraycopy(name.bytes, name.start, both, 0, nameLength);
        System.arraycopy(value.bytes, value.start, both, nameLength, valueLength);
        return new Entry(both, nameLength);
    }

    private @Nullable Entry entry(int index) {
        if (index < 1 || index > StaticTable.SIZE + table.count()) {
            return null;
        }
        return index <= StaticTable.SIZE ? StaticTable.entry(index) : table.entry(index - StaticTable.SIZE - 1);
    }

    // RFC 7541 §5.1
    /** An integer whose first bits lie in the last ones of the present byte; -1 if that is none. */
    private int integer(int prefixBits) {
        int prefix = (1 << prefixBits) - 1;
        int result = bytes[at++] & prefix;
        if (result < prefix) {
            return result;
        }
        for (int shift = 0; at < end && shift < 28; shift += 7) {
            int next = bytes[at++];
            result += (next & 0x7F) << shift;
            if (next >= 0) {
                return result < TOO_LARGE ? result : -1;
            }
        }
        return -1;
    }

    // RFC 7541 §5.2
    private boolean string(Text text) {
        if (at == end) {
            return false;
        }
        boolean isEncoded = bytes[at] < 0;
        int length = integer(7);
        if (length < 0 || length > end - at) {
            return false;
        }
        int start = at;
        at += length;
        if (isEncoded) {
            return text.decode(bytes, start, at);
        }
        text.set(bytes, start, at);
        return true;
    }
}
