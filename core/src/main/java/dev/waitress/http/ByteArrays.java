package dev.waitress.http;

import java.util.Arrays;

/** Arrays of bytes that grow with what is written into them. */
public final class ByteArrays {
    private ByteArrays() {}

    /**
     * The same array where so many bytes have room in it, else a copy where they have: twice as long at least, so that
     * bytes that come one by one are not copied each time.
     */
    public static byte[] withRoom(byte[] bytes, int needed) {
        return needed <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
}
