package dev.waitress.meter;

import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What a gauge is that several workers have: the modes of {@code prometheus_client}, by the same names. In a mode that
 * is not {@code live} the values of workers that have ended count as well. The worker protocol numbers them in this
 * order.
 */
public enum Spread {
    /** A series for each worker; also in {@code all} those of workers that have ended go with them. */
    ALL,
    LIVEALL,
    MIN,
    LIVEMIN,
    MAX,
    LIVEMAX,
    SUM,
    LIVESUM,
    MOSTRECENT,
    LIVEMOSTRECENT;

    /** Whether each worker has a series of its own. */
    boolean isEach() {
        return this == ALL || this == LIVEALL;
    }

    /** Whether a worker's value is of use when that has ended. */
    boolean keeps() {
        return this == MIN || this == MAX || this == SUM || this == MOSTRECENT;
    }

    /** The one value that stands for these, of which there is one at least. */
    Reading join(Stream<Reading> readings) {
        return switch (this) {
            case MIN, LIVEMIN ->
                readings.min(Comparator.comparingDouble(Reading::value)).orElseThrow();
            case MAX, LIVEMAX ->
                readings.max(Comparator.comparingDouble(Reading::value)).orElseThrow();
            case MOSTRECENT, LIVEMOSTRECENT ->
                readings.max(Comparator.comparingLong(Reading::order)).orElseThrow();
            default -> new Reading(readings.mapToDouble(Reading::value).sum(), 0);
        };
    }
}
