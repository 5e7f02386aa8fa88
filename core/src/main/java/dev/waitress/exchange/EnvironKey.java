package dev.waitress.exchange;

import dev.waitress.http.ByteArrays;
import dev.waitress.http.RequestHead;
import java.util.zip.CRC32C;

/**
 * All that the shared part of an environ is made of ({@link Environ#writeShared}), as bytes: where they are the same,
 * that part is. Reusable; one thread at a time.
 */
public final class EnvironKey {
    private final CRC32C checksum = new CRC32C();
    private byte[] bytes = new byte[1024];
    private int length;

    /** Becomes that of this request. */
    public EnvironKey of(Request request) {
        RequestHead head = request.head();
        Peer peer = request.peer();
        length = 0;
        append(head.bytes(), head.methodStart(), head.methodEnd());
        separate(head.protocol().sign());
        appendAll(peer.remoteAddressBytes);
        appendAll(peer.server.portBytes);
        appendAll(peer.server.schemeBytes);
        if (peer.facts.count() > 0) {
            appendAll(peer.facts.key());
        }
        appendFields(head);
        checksum.reset();
        checksum.update(bytes, 0, length);
        return this;
    }

    /** As they came, with what lies between them. */
    private void appendFields(RequestHead head) {
        int from = -1;
        int count = head.fieldCount();
        for (int field = 0; field < count; field++) {
            boolean isOwn = OwnFields.has(head, field);
            if (isOwn && from >= 0) {
                append(head.bytes(), from, head.nameStart(field));
                from = -1;
            } else if (!isOwn && from < 0) {
                from = head.nameStart(field);
            }
        }
        if (from >= 0) {
            append(head.bytes(), from, head.valueEnd(count - 1));
        }
    }

    private void appendAll(byte[] part) {
        append(part, 0, part.length);
        separate((byte) '\n');
    }

    private void append(byte[] source, int from, int to) {
        bytes = ByteArrays.withRoom(bytes, length + to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    private void separate(byte by) {
        bytes = ByteArrays.withRoom(bytes, length + 1);
        bytes[length++] = by;
    }

    /** The array that holds it from index 0 on; replaced when it grows. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** The same for the same bytes, and for few others. */
    public int hash() {
        return (int) checksum.getValue();
    }
}
