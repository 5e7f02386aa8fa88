package dev.waitress.worker.pool;

import dev.waitress.exchange.Occupation;
import dev.waitress.worker.wire.ThreadStack;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the threads of a worker do with the requests that it holds. Found out when somebody asks. Event loop only. */
final class Occupations {
    /** As the crew of a worker calls its threads, behind it their number. */
    private static final String THREAD = "waitress-";

    private final InFlight inFlight;
    private final WorkerBoard board;
    private final long nowNanos;

    Occupations(InFlight inFlight, WorkerBoard board, long nowNanos) {
        this.inFlight = inFlight;
        this.board = board;
        this.nowNanos = nowNanos;
    }

    /** What its board says: which thread has begun which request. */
    List<Occupation> known() {
        List<Occupation> known = new ArrayList<>();
        int[] begun = board.begun();
        for (int thread = 0; thread < begun.length; thread++) {
            HeldRequest held = begun[thread] == 0 ? null : inFlight.find(begun[thread]);
            if (held != null) { // else it is answered, and the thread waits for another
                known.add(occupation(THREAD + thread, held, ""));
            }
        }
        return known;
    }

    /** The same by what the worker itself has said. */
    List<Occupation> of(List<ThreadStack> stacks) {
        List<Occupation> all = new ArrayList<>();
        for (ThreadStack each : stacks) {
            all.add(occupation(each.thread(), each.id() == 0 ? null : inFlight.find(each.id()), each.stack()));
        }
        return all;
    }

    private Occupation occupation(String thread, @Nullable HeldRequest held, String stack) {
        return held == null
                ? new Occupation(thread, "", 0, stack)
                : new Occupation(thread, held.request().line(), nowNanos - held.begunNanos(), stack);
    }

    /** Requests that no thread has begun. */
    int unbegun() {
        int begun = board.lastBegun(inFlight.lastId());
        return (int) inFlight.inOrder().stream()
                .filter(held -> !InFlight.isBegun(held.id, begun))
                .count();
    }
}
