package dev.waitress.worker.pool;

import dev.waitress.http.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a dead worker leaves behind.
 *
 * @param lost request lines of those that it ran, which were answered with 502
 * @param repeated request lines of those that it ran and that run once more
 * @param back requests for other workers: those that run once more, and those that it had not begun
 */
public record Remains(List<String> lost, List<String> repeated, List<WaitingRequest> back) {
    private static final int MOST_SHOWN = 5;

    private static final String LOST = "The worker process that ran the application ended unexpectedly";

    public Remains {
        lost = List.copyOf(lost);
        repeated = List.copyOf(repeated);
        back = List.copyOf(back);
    }

    /**
     * Settles what becomes of each request that a dead worker held.
     *
     * @param begun the one that it has begun last
     * @param retries whether those that harm nobody run once more
     * @param remove told of each that is no longer the worker's
     * @param finished told of each that is answered, instead
     */
    static Remains of(
            List<HeldRequest> held,
            int begun,
            boolean retries,
            Consumer<HeldRequest> remove,
            Consumer<HeldRequest> finished) {
        List<WaitingRequest> back = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        List<String> repeated = new ArrayList<>();
        for (HeldRequest each : held) {
            if (!InFlight.isBegun(each.id, begun)) {
                back.add(each.takeBack());
                remove.accept(each);
            } else if (each.response.hasEnded()) {
                each.response.release();
                finished.accept(each);
            } else if (retries && each.isRepeatable()) {
                repeated.add(each.request().line());
                back.add(each.takeBackBegun());
                remove.accept(each);
            } else {
                lost.add(each.request().line());
                each.response.lost();
                each.response.refuse(Status.BAD_GATEWAY, LOST);
                finished.accept(each);
            }
        }
        return new Remains(lost, repeated, back);
    }

    /** {@code 7 requests}. */
    static String count(List<String> requests) {
        return requests.size() + (requests.size() == 1 ? " request" : " requests");
    }

    /** {@code (GET /, GET /a and 2 more)}. */
    static String names(List<String> requests) {
        String shown = requests.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        String more = requests.size() > MOST_SHOWN ? " and " + (requests.size() - MOST_SHOWN) + " more" : "";
        return "(" + shown + more + ")";
    }
}
