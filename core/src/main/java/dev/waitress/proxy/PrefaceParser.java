package dev.waitress.proxy;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the header of the PROXY protocol with which a connection begins: a line (version 1) or a binary block (version
 * 2), as the specification in HAProxy's doc/proxy-protocol.txt has them. Does no I/O, and consumes nothing beyond the
 * end. One for each connection, of no more use once {@link #feed} has returned anything but {@code NEED_MORE}.
 */
public final class PrefaceParser {
    private static final byte[] LINE_START = Ascii.bytes("PROXY ");
    private static final int FIRST_BYTES = 64;

    private byte[] bytes = {};
    private int length;

    /** Bytes of a block that must be there before there is anything to say. */
    private int wanted = PrefaceBlock.HEAD_BYTES;

    /** Goes on with the next bytes. */
    public PrefaceStep feed(ByteBuffer in) {
        PrefaceStep step = PrefaceStep.Progress.NEED_MORE;
        // Byte by byte, so that no cut can matter: there is one preface in the life of a connection.
        while (step == PrefaceStep.Progress.NEED_MORE && in.hasRemaining()) {
            step = take(in.get());
        }
        return step;
    }

    private PrefaceStep take(byte next) {
        bytes = ByteArrays.withRoom(bytes, Math.max(length + 1, FIRST_BYTES));
        bytes[length++] = next;
        boolean isLine = bytes[0] == LINE_START[0];
        byte[] start = isLine ? LINE_START : PrefaceBlock.SIGNATURE;
        if (length <= start.length) {
            return next == start[length - 1]
                    ? PrefaceStep.Progress.NEED_MORE
                    : new PrefaceStep.Malformed("does not begin as one");
        }
        return isLine ? endOfLine(next) : endOfBlock();
    }

    private PrefaceStep endOfLine(byte last) {
        boolean behindCr = bytes[length - 2] == '\r';
        if (behindCr != (last == '\n')) {
            return new PrefaceStep.Malformed("has half an end of line");
        }
        if (behindCr) {
            return PrefaceLine.read(Ascii.text(Arrays.copyOfRange(bytes, LINE_START.length, length - 2)));
        }
        return length < PrefaceLine.MOST_BYTES
                ? PrefaceStep.Progress.NEED_MORE
                : new PrefaceStep.Malformed("is a line of more than " + PrefaceLine.MOST_BYTES + " bytes");
    }

    private PrefaceStep endOfBlock() {
        if (length == PrefaceBlock.HEAD_BYTES) {
            PrefaceBlock head = new PrefaceBlock(bytes);
            String fault = head.faultOfHead();
            if (fault != null) {
                return new PrefaceStep.Malformed(fault);
            }
            wanted = head.size();
        }
        return length < wanted ? PrefaceStep.Progress.NEED_MORE : new PrefaceBlock(bytes).read();
    }
}
