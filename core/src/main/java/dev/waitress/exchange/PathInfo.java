package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;
import dev.waitress.http.RequestHead;
import java.util.Arrays;

/**
 * {@code PATH_INFO}: the path of a request, decoded, without the prefix of the application. Reusable; one thread at a
 * time.
 */
final class PathInfo {
    private static final byte[] ROOT = {'/'};
    private static final byte[] WHOLE_SERVER = {'*'};

    private final byte[] prefix;
    private byte[] scratch = new byte[1024];
    private byte[] bytes = ROOT;
    private int start;
    private int end;

    /** The application lies below this prefix; empty for none. */
    PathInfo(String prefix) {
        this.prefix = Ascii.bytes(prefix);
    }

    /** The array that it lies in, between {@link #start} and {@link #end}; valid until the next one is found. */
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Becomes that of this request. */
    void find(RequestHead head) {
        bytes = head.bytes();
        start = head.pathStart();
        end = head.pathEnd();
        if (start == end) {
            // RFC 9112 §3.2.1 and §3.2.4: an absolute target without a path means the root, or the whole server.
            bytes = head.isMethod("OPTIONS") && head.queryStart() == head.queryEnd() ? WHOLE_SERVER : ROOT;
            start = 0;
            end = bytes.length;
            return;
        }
        if (hasEscape()) {
            decode();
        }
        while (end - start > 1 && bytes[start] == '/' && bytes[start + 1] == '/') {
            start++;
        }
        skipPrefix();
    }

    private boolean hasEscape() {
        for (int i = start; i < end; i++) {
            if (bytes[i] == '%') {
                return true;
            }
        }
        return false;
    }

    /** What is no escape stays as it is. RFC 3986 §2.1. */
    private void decode() {
        scratch = ByteArrays.withRoom(scratch, end - start);
        int length = 0;
        for (int i = start; i < end; i++) {
            int octet = bytes[i] == '%' && i + 2 < end ? hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]) : -1;
            scratch[length++] = octet < 0 ? bytes[i] : (byte) octet;
            i += octet < 0 ? 0 : 2;
        }
        bytes = scratch;
        start = 0;
        end = length;
    }

    /** The digit's value, or a negative number that stays negative in every combination. */
    private static int hex(byte b) {
        int value = Character.digit(b, 16);
        return value < 0 ? Integer.MIN_VALUE >> 8 : value;
    }

    private void skipPrefix() {
        int after = start + prefix.length;
        boolean below = after <= end
                && Arrays.equals(bytes, start, after, prefix, 0, prefix.length)
                && (after == end || bytes[after] == '/');
        start = below ? after : start;
    }
}
