package dev.waitress.proxy;

import dev.waitress.settings.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Version 2 of the PROXY protocol, §2.2 of its specification:
 *
 * <pre>
 * signature (12) | version, command | family, transport | length (2) | addresses, ports | type, length (2), value | …
 *                 \ head, 16 bytes                                  / \ length                                    /
 * </pre>
 */
final class PrefaceBlock {
    static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    static final int HEAD_BYTES = 16;

    /** Addresses take 216 bytes at most; the rest is for extensions, of which a certificate's name is the longest. */
    static final int MOST_BYTES = 4096;

    private static final int VERSION = 2;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int MOST_TRANSPORT = 2;

    /** Of both ends, by family: unspecified, IPv4, IPv6, Unix. */
    private static final int[] ADDRESS_BYTES = {0, 12, 36, 216};

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private static final int EXTENSION_HEAD_BYTES = 3;
    private static final int CHECKSUM_TYPE = 3;
    private static final int CHECKSUM_BYTES = 4;

    private final ByteBuffer bytes;

    /** A block whose head is there. */
    PrefaceBlock(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** Bytes of the whole block, by its head. */
    int size() {
        return HEAD_BYTES + unsignedShort(HEAD_BYTES - 2);
    }

    /** What cannot be right, whatever follows; null if nothing. */
    @Nullable
    String faultOfHead() {
        if (bytes.get(SIGNATURE.length) >> 4 != VERSION || command() > PROXY) {
            return "has an unknown version or command";
        }
        if (size() > MOST_BYTES) {
            return "has " + size() + " bytes, limit " + MOST_BYTES;
        }
        if (command() == LOCAL) {
            return null; // its family "is ignored"
        }
        if (family() >> 4 >= ADDRESS_BYTES.length || (family() & 0xF) > MOST_TRANSPORT) {
            return "has an unknown family";
        }
        return size() < extensionsStart() ? "is shorter than its addresses" : null;
    }

    private int command() {
        return bytes.get(SIGNATURE.length) & 0xF;
    }

    /** Of addresses, and of the transport. */
    private int family() {
        return bytes.get(SIGNATURE.length + 1) & 0xFF;
    }

    private int extensionsStart() {
        return HEAD_BYTES + ADDRESS_BYTES[family() >> 4];
    }

    private int unsignedShort(int index) {
        return bytes.getShort(index) & 0xFFFF;
    }

    /** Reads a block that is all there, and whose head has no fault. */
    PrefaceStep read() {
        if (command() == LOCAL || family() >> 4 == 0) {
            return PrefaceStep.Progress.NOBODY;
        }
        String fault = faultOfExtensions();
        if (fault != null) {
            return new PrefaceStep.Malformed(fault);
        }
        return switch (family()) {
            case TCP_OVER_IPV4 -> client(IPV4_BYTES);
            case TCP_OVER_IPV6 -> client(IPV6_BYTES);
            // As version 1 would have said UNKNOWN for the same client.
            default -> PrefaceStep.Progress.NOBODY;
        };
    }

    private PrefaceStep.Client client(int addressBytes) {
        byte[] source = Arrays.copyOfRange(bytes.array(), HEAD_BYTES, HEAD_BYTES + addressBytes);
        int port = unsignedShort(HEAD_BYTES + 2 * addressBytes);
        return new PrefaceStep.Client(IpAddress.of(source).unmapped().toString(), String.valueOf(port));
    }

    private @Nullable String faultOfExtensions() {
        int at = extensionsStart();
        while (at < size()) {
            int value = at + EXTENSION_HEAD_BYTES;
            if (value > size() || value + unsignedShort(value - 2) > size()) {
                return "ends within an extension";
            }
            int length = unsignedShort(value - 2);
            if (bytes.get(at) == CHECKSUM_TYPE && !(length == CHECKSUM_BYTES && isChecksum(value))) {
                return "has a wrong checksum";
            }
            at = value + length;
        }
        return null;
    }

    /** CRC32c of the block, with zeros in its own place. */
    private boolean isChecksum(int index) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, index);
        checksum.update(new byte[CHECKSUM_BYTES]);
        checksum.update(bytes.array(), index + CHECKSUM_BYTES, size() - index - CHECKSUM_BYTES);
        return (int) checksum.getValue() == bytes.getInt(index);
    }
}
