package dev.waitress.meter;

import dev.waitress.wsgi.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A metric as a Java application has defined it, and the numbers of its series. Thread-safe. */
final class Shape {
    private static final String CUT = "...";

    private final Meter meter;
    private final LongSupplier process;
    final Kind kind;
    final String name;
    private final String help;
    private final List<String> labels;
    /** Of buckets, as they are shown; empty where there are none. */
    private final List<String> bounds;

    private final ConcurrentHashMap<List<String>, Numbers> known = new ConcurrentHashMap<>();

    /**
     * The numbers of one series.
     *
     * @param process tells the id of this one
     * @param values a bucket for each bound and then the sum, or the only one; null where they are too many
     */
    record Numbers(Meter meter, LongSupplier process, List<@Nullable Value> values) {
        void change(int place, double amount) {
            Value value = values.get(place);
            if (value == null) {
                meter.drop(1);
            } else {
                value.change(process, amount);
            }
        }

        void move(double amount) {
            Value value = values.get(0);
            if (value == null) {
                meter.drop(1);
            } else {
                value.move(process, amount);
            }
        }
    }

    /**
     * One without series.
     *
     * @throws IllegalArgumentException if Prometheus would not read it
     */
    Shape(
            Meter meter,
            LongSupplier process,
            Kind kind,
            String name,
            String help,
            List<String> labels,
            List<String> bounds) {
        this.meter = meter;
        this.process = process;
        this.kind = kind;
        this.name = name;
        this.help = help;
        this.labels = labels;
        this.bounds = bounds;
        definition(Part.VALUE, "", labels); // fails here where it would fail later
        if (labels.stream().distinct().count() < labels.size()) {
            throw new IllegalArgumentException("metric " + name + ": a label is there twice: " + labels);
        }
    }

    /** Whether it is the same one, whatever its help says. */
    boolean equalsBut(Shape other) {
        return kind == other.kind
                && name.equals(other.name)
                && labels.equals(other.labels)
                && bounds.equals(other.bounds);
    }

    boolean hasLabels() {
        return !labels.isEmpty();
    }

    String describe() {
        return "metric " + name + " (" + kind.word() + ", labels " + labels + ")";
    }

    /**
     * Those of the series with these values.
     *
     * @throws IllegalArgumentException if there are more or fewer of them than labels
     */
    Numbers numbers(List<String> values) {
        if (values.size() != labels.size()) {
            throw new IllegalArgumentException(describe() + " got " + values.size() + " values");
        }
        List<String> plain = values.stream().map(Shape::cut).toList();
        Numbers found = known.get(plain);
        if (found == null) {
            found = define(plain);
            if (found.values().get(0) != null) { // else there may be any number of them
                known.put(plain, found);
            }
        }
        return found;
    }

    private static String cut(String value) {
        int most = Metrics.MOST_VALUE_CHARACTERS;
        return value.length() <= most ? value : value.substring(0, most - CUT.length()) + CUT;
    }

    private Numbers define(List<String> values) {
        List<@Nullable Value> found = new ArrayList<>();
        for (String bound : bounds) {
            found.add(meter.define(definition(Part.BUCKET, bound, values)));
        }
        Value last = meter.define(definition(kind == Kind.HISTOGRAM ? Part.SUM : Part.VALUE, "", values));
        if (last != null) {
            last.begin(process);
        }
        found.add(last);
        return new Numbers(meter, process, found);
    }

    private Definition definition(Part part, String bound, List<String> values) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            pairs.add(labels.get(i));
            pairs.add(values.get(i));
        }
        return new Definition(kind, name, help, Spread.LIVESUM, part, bound, pairs);
    }
}
