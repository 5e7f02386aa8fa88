package dev.waitress.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connections of clients at one moment.
 *
 * @param open how many there are, by what they do; no word for that is missing
 * @param spoken the same ones by what their clients speak; nothing that can be spoken is missing
 * @param accepted how many there have been
 * @param turnedAway how many were closed at once, because their address has {@code connections_per_address} already
 */
public record ClientCounts(Map<String, Long> open, Map<Spoken, Long> spoken, long accepted, long turnedAway) {
    /**
     * What a client speaks.
     *
     * @param protocol word for the version of HTTP, or for none
     * @param isEncrypted whether by TLS
     */
    public record Spoken(String protocol, boolean isEncrypted) {}

    /** None yet. */
    public static final ClientCounts NONE = new ClientCounts(Map.of(), Map.of(), 0, 0);

    /** Those and others. */
    public ClientCounts and(ClientCounts others) {
        return new ClientCounts(
                sums(open, others.open),
                sums(spoken, others.spoken),
                accepted + others.accepted,
                turnedAway + others.turnedAway);
    }

    private static <T> Map<T, Long> sums(Map<T, Long> some, Map<T, Long> others) {
        Map<T, Long> sums = new LinkedHashMap<>(some);
        others.forEach((kind, count) -> sums.merge(kind, count, Long::sum));
        return sums;
    }
}
