package dev.waitress.worker.pool;

import java.util.List;
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

    public Remains {
        lost = List.copyOf(lost);
        repeated = List.copyOf(repeated);
        back = List.copyOf(back);
    }

    /** {@code 7 requests (GET /, GET /a, ... and 2 more)}. */
    static String describe(List<String> requests) {
        String shown = requests.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        String more = requests.size() > MOST_SHOWN ? " and " + (requests.size() - MOST_SHOWN) + " more" : "";
        return requests.size() + (requests.size() == 1 ? " request (" : " requests (") + shown + more + ")";
    }
}
