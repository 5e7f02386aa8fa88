package dev.waitress.worker.wire;

import dev.waitress.exchange.QueueLimits;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long a request has waited in the front before it is given to a worker, and behind how many it leaves others: two
 * keys at the beginning of its environ. Most requests do not wait, and have neither.
 */
public final class QueueMark {
    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private static final byte[] TIME = text("waitress.queue_time");
    private static final byte[] DEPTH = text("waitress.queue_depth");
    /** Codes of the numbers, and these. */
    private static final int BYTES = TIME.length + 1 + Double.BYTES + DEPTH.length + 1 + Integer.BYTES;

    private QueueMark() {}

    private static byte[] text(String name) {
        MarshalWriter writer = new MarshalWriter(name.length() + 5);
        writer.text(name);
        return writer.toByteArray();
    }

    /**
     * Writes a request that was encoded before, with the mark if it has waited.
     *
     * @param encoded without a mark
     * @param depth requests that wait still
     */
    public static void write(byte[] encoded, long waitedNanos, int depth, MarshalWriter target) {
        if (waitedNanos < QueueLimits.LEAST_WAIT_NANOS) {
            target.raw(encoded, 0, encoded.length);
            return;
        }
        target.raw(encoded, 0, EncodedRequest.FIRST_KEY);
        target.raw(TIME, 0, TIME.length);
        target.number(waitedNanos / SECOND);
        target.raw(DEPTH, 0, DEPTH.length);
        target.integer(depth);
        target.raw(encoded, EncodedRequest.FIRST_KEY, encoded.length - EncodedRequest.FIRST_KEY);
    }

    /** A copy of a request without its mark, if it has one: it waits anew. */
    public static byte[] without(byte[] bytes, int start, int end) {
        int first = start + EncodedRequest.FIRST_KEY;
        boolean isMarked =
                end - first >= BYTES && Arrays.equals(bytes, first, first + TIME.length, TIME, 0, TIME.length);
        if (!isMarked) {
            return Arrays.copyOfRange(bytes, start, end);
        }
        byte[] copy = new byte[end - start - BYTES];
        System.arraycopy(bytes, start, copy, 0, EncodedRequest.FIRST_KEY);
        System.arraycopy(bytes, first + BYTES, copy, EncodedRequest.FIRST_KEY, end - first - BYTES);
        return copy;
    }
}
