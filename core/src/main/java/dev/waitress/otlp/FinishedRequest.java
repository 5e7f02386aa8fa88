package dev.waitress.otlp;

import dev.waitress.trace.TraceContext;
import java.util.List;

/**
 * A request that is over, of which spans are to tell. Times are those of the loop's clock, in nanoseconds.
 *
 * @param unixOffsetNanos what is to be added to them for the time since 1970
 * @param attempts to answer it; none if nobody was asked
 * @param leftNanos when the last byte of the answer had left; 0 if that did not come to pass
 * @param status of the answer; 0 if there was none
 * @param bodyBytes of the answer
 * @param error why the answer is not whole, as {@code error.type} has it; empty if it is
 */
record FinishedRequest(
        TraceContext trace,
        RequestFacts facts,
        long unixOffsetNanos,
        long firstByteNanos,
        long completeNanos,
        List<Attempt> attempts,
        long endedNanos,
        long leftNanos,
        int status,
        long bodyBytes,
        String error) {
    /** How many spans tell of it: its own, its wait, each attempt, and the sending. */
    int spans() {
        return 1 + (attempts.isEmpty() ? 0 : 1 + attempts.size()) + (leftNanos == 0 ? 0 : 1);
    }

    /** When it was over. */
    long overNanos() {
        return leftNanos == 0 ? endedNanos : leftNanos;
    }
}
