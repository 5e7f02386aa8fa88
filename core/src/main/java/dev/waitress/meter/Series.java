package dev.waitress.meter;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/** What a metric tells for one set of labels: one number, or those of a histogram. Thread-safe. */
public final class Series {
    /** Buckets that one may have, the last one too, which is for all that is above the others. */
    public static final int MOST_BUCKETS = 101;

    /**
     * Values up to a bound.
     *
     * @param count of those that are above the bound before
     */
    public record Bucket(String bound, double count) {
        /** Whether it has no bound. */
        public boolean isLast() {
            return Definition.bound(bound) == Double.POSITIVE_INFINITY;
        }

        /** Whether it is one of values below 0. */
        public boolean isNegative() {
            return Definition.bound(bound) < 0;
        }
    }

    private final List<String> labels;
    private final Map<String, Value> values = new ConcurrentHashMap<>();

    /** What each of them takes up. */
    private final long valueBytes;

    Series(List<String> labels, long valueBytes) {
        this.labels = labels;
        this.valueBytes = valueBytes;
    }

    /** Names, each with its value behind it. */
    public List<String> labels() {
        return labels;
    }

    /** Whether it has the number that is meant. */
    boolean has(Definition definition) {
        return values.containsKey(key(definition));
    }

    /** Bounds are the same in many series: kept once. */
    private static String key(Definition definition) {
        return definition.part() == Part.BUCKET
                ? definition.bound().intern()
                : definition.part().name();
    }

    /** What it takes up, for whoever defines metrics. */
    long bytes() {
        return valueBytes * values.size();
    }

    /**
     * The number that is meant.
     *
     * @param moment later than that of the definition before
     */
    Value value(Definition definition, long moment) {
        Value value = values.computeIfAbsent(key(definition), none -> new Value(definition));
        value.defined(moment);
        return value;
    }

    /**
     * Holds the buckets down to as many as there may be. An application that is loaded again may have other bounds than
     * before: those that were defined longest ago give way to the next higher ones, where their counts are right, too.
     *
     * @return whether there were too many
     */
    boolean dropOldBuckets() {
        if (values.size() <= MOST_BUCKETS) {
            return false;
        }
        List<Bucket> buckets = buckets();
        if (buckets.size() <= MOST_BUCKETS) {
            return false;
        }
        int oldest = 0;
        for (int i = 1; i < buckets.size() - 1; i++) {
            oldest = at(buckets, i).definedAt() < at(buckets, oldest).definedAt() ? i : oldest;
        }
        at(buckets, oldest).giveWayTo(at(buckets, oldest + 1));
        values.remove(buckets.get(oldest).bound());
        return true;
    }

    private Value at(List<Bucket> buckets, int place) {
        return Objects.requireNonNull(values.get(buckets.get(place).bound()));
    }

    Collection<Value> values() {
        return values.values();
    }

    /** One part of it, in all processes together. */
    public OptionalDouble joined(Part part) {
        Value value = values.get(part.name());
        return value == null ? OptionalDouble.empty() : value.joined();
    }

    /** Of a gauge, what it is in each process, by its id. */
    public Map<Long, Double> byProcess() {
        Map<Long, Double> found = new ConcurrentHashMap<>();
        Value value = values.get(Part.VALUE.name());
        if (value != null) {
            value.readings().forEach((process, reading) -> found.put(process.getAsLong(), reading.value()));
        }
        return found;
    }

    /** Of a histogram, in their order. */
    public List<Bucket> buckets() {
        return values.entrySet().stream()
                .filter(each -> !each.getKey().equals(Part.SUM.name()))
                .map(each -> new Bucket(each.getKey(), each.getValue().joined().orElse(0)))
                .sorted(Comparator.comparingDouble(each -> Definition.bound(each.bound())))
                .toList();
    }
}
