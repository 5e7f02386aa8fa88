package dev.waitress.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connections of clients at one moment.
 *
 * @param open how many there are, by what they do; no word for that is missing
 * @param accepted how many there have been
 * @param turnedAway how many were closed at once, because their address has {@code connections_per_address} already
 */
public record ClientCounts(Map<String, Long> open, long accepted, long turnedAway) {
    /** None yet. */
    public static final ClientCounts NONE = new ClientCounts(Map.of(), 0, 0);

    /** Those and others. */
    public ClientCounts and(ClientCounts others) {
        Map<String, Long> sums = new LinkedHashMap<>(open);
        others.open.forEach((word, count) -> sums.merge(word, count, Long::sum));
        return new ClientCounts(sums, accepted + others.accepted, turnedAway + others.turnedAway);
    }
}
