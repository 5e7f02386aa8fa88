package dev.waitress.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/** Values in the Distinguished Encoding Rules of ITU-T X.690, as far as keys and certificates need them. */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int UTF8_STRING = 0x0C;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** The first elements of a structure that have tags of its own. */
    static final int CONTEXT_0 = 0xA0;

    static final int CONTEXT_3 = 0xA3;

    private static final int LONG_LENGTH = 0x80;
    private static final int MOST_LENGTH_BYTES = 3;

    private Der() {}

    // ---- Writing ---------------------------------------------------------------------------------------------------

    static byte[] of(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        length(content.size(), element);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    private static void length(int length, ByteArrayOutputStream out) {
        if (length < LONG_LENGTH) {
            out.write(length);
            return;
        }
        byte[] digits = BigInteger.valueOf(length).toByteArray();
        int first = digits[0] == 0 ? 1 : 0; // of the sign
        out.write(LONG_LENGTH | digits.length - first);
        out.write(digits, first, digits.length - first);
    }

    static byte[] integer(BigInteger value) {
        return of(INTEGER, value.toByteArray());
    }

    /** An object identifier from its form with dots. */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        arc(Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]), content);
        for (int i = 2; i < arcs.length; i++) {
            arc(Long.parseLong(arcs[i]), content);
        }
        return of(OID, content.toByteArray());
    }

    private static void arc(long value, ByteArrayOutputStream out) {
        int shift = 0;
        while (value >> shift + 7 != 0) {
            shift += 7;
        }
        for (; shift > 0; shift -= 7) {
            out.write((int) (value >> shift & 0x7F | 0x80));
        }
        out.write((int) (value & 0x7F));
    }

    // ---- Reading ---------------------------------------------------------------------------------------------------

    /** One element after the other of a structure. */
    static final class Reader {
        private final byte[] bytes;
        private final int end;
        private int at;

        private Reader(byte[] bytes, int start, int end) {
            this.bytes = bytes;
            this.at = start;
            this.end = end;
        }

        static Reader of(byte[] bytes) {
            return new Reader(bytes, 0, bytes.length);
        }

        /** Tag of the next element; -1 if there is none. */
        int tag() {
            return at < end ? bytes[at] & 0xFF : -1;
        }

        /** Steps into the next element, and behind it here. */
        Reader enter(int tag) throws TlsException {
            int start = content(tag);
            return new Reader(bytes, start, at);
        }

        /** The next element as it is, with its tag. */
        byte[] element() throws TlsException {
            int start = at;
            content(tag());
            return Arrays.copyOfRange(bytes, start, at);
        }

        /** What the next element holds. */
        byte[] value(int tag) throws TlsException {
            int start = content(tag);
            return Arrays.copyOfRange(bytes, start, at);
        }

        /** Where the content of the next element begins; moves behind it. */
        private int content(int tag) throws TlsException {
            if (tag < 0 || tag() != tag || at + 1 >= end) {
                throw broken();
            }
            int length = bytes[at + 1] & 0xFF;
            int start = at + 2;
            if (length >= LONG_LENGTH) {
                int digits = length - LONG_LENGTH;
                if (digits > MOST_LENGTH_BYTES || start + digits > end) {
                    throw broken();
                }
                length = 0;
                for (int i = 0; i < digits; i++) {
                    length = length << 8 | bytes[start + i] & 0xFF;
                }
                start += digits;
            }
            if (length > end - start) {
                throw broken();
            }
            at = start + length;
            return start;
        }

        private static TlsException broken() {
            return new TlsException("its content is damaged");
        }
    }
}
