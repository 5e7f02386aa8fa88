package dev.waitress.meter;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

    Series(List<String> labels) {
        this.labels = labels;
    }

    /** Names, each with its value behind it. */
    public List<String> labels() {
        return labels;
    }

    /**
     * The number that is meant.
     *
     * @throws IllegalArgumentException if there are too many buckets
     */
    Value value(Definition definition) {
        String key = definition.part() == Part.BUCKET
                ? definition.bound()
                : definition.part().name();
        Value value = values.computeIfAbsent(key, none -> new Value(definition));
        if (values.size() > MOST_BUCKETS + 1) {
            throw new IllegalArgumentException("metric " + definition.name() + ": more than 100 buckets");
        }
        return value;
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
