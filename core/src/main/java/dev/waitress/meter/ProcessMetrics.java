package dev.waitress.meter;

import dev.waitress.wsgi.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The metrics of a Java application, which runs in this process. Thread-safe. */
public final class ProcessMetrics implements Metrics {
    // Those that OpenTelemetry advises for durations.
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};

    private static final String TOTAL = "_total";

    private final Meter meter;
    private final LongSupplier process = ProcessHandle.current()::pid;
    /** By all names that they take up. */
    private final Map<String, Shape> shapes = new ConcurrentHashMap<>();

    /** Counts with this meter. */
    public ProcessMetrics(Meter meter) {
        this.meter = meter;
    }

    @Override
    public Counter counter(String name, String help, String... labels) {
        String plain = name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
        return new CounterOf(
                find(new Shape(meter, process, Kind.COUNTER, plain, help, List.of(labels), List.of())), null);
    }

    @Override
    public Gauge gauge(String name, String help, String... labels) {
        return new GaugeOf(find(new Shape(meter, process, Kind.GAUGE, name, help, List.of(labels), List.of())), null);
    }

    @Override
    public Histogram histogram(String name, String help, String... labels) {
        return histogram(name, help, SECONDS, labels);
    }

    @Override
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        double[] copy = bounds.clone();
        requireBounds(name, copy);
        List<String> shown =
                new ArrayList<>(DoubleStream.of(copy).mapToObj(String::valueOf).toList());
        shown.add("+Inf");
        return new HistogramOf(
                find(new Shape(meter, process, Kind.HISTOGRAM, name, help, List.of(labels), shown)), copy, null);
    }

    private static void requireBounds(String name, double[] bounds) {
        boolean areRising = bounds.length > 0 && bounds.length < Series.MOST_BUCKETS;
        for (int i = 0; i < bounds.length; i++) {
            areRising &= Double.isFinite(bounds[i]) && (i == 0 || bounds[i] > bounds[i - 1]);
        }
        if (!areRising) {
            throw new IllegalArgumentException("metric " + name
                    + ": bounds are 1 to 100 numbers, each greater than the one before: " + Arrays.toString(bounds));
        }
    }

    /** The one that is there already, if it is the same. */
    private synchronized Shape find(Shape shape) {
        for (String name : shape.kind.names(shape.name)) {
            Shape there = shapes.get(name);
            if (there != null && there.equalsBut(shape)) {
                return there;
            }
            if (there != null) {
                throw new IllegalArgumentException(shape.describe() + ": there is already " + there.describe());
            }
        }
        shape.kind.names(shape.name).forEach(name -> shapes.put(name, shape));
        return shape;
    }

    /** The numbers of a series that was chosen, or of the only one. */
    private static Shape.Numbers require(Shape shape, Shape.@Nullable Numbers chosen) {
        if (chosen != null) {
            return chosen;
        }
        if (shape.hasLabels()) {
            throw new IllegalStateException(shape.describe() + ": give values to its labels first");
        }
        return shape.numbers(List.of());
    }

    private static double requireNumber(Shape shape, double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException(shape.describe() + " takes numbers");
        }
        return value;
    }

    private record CounterOf(Shape shape, Shape.@Nullable Numbers chosen) implements Counter {
        @Override
        public Counter labels(String... values) {
            return new CounterOf(shape, shape.numbers(List.of(values)));
        }

        @Override
        public void inc(double amount) {
            if (!(amount >= 0 && amount < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(shape.describe() + " cannot grow by " + amount);
            }
            require(shape, chosen).change(0, amount);
        }
    }

    private record GaugeOf(Shape shape, Shape.@Nullable Numbers chosen) implements Gauge {
        @Override
        public Gauge labels(String... values) {
            return new GaugeOf(shape, shape.numbers(List.of(values)));
        }

        @Override
        public void set(double value) {
            require(shape, chosen).change(0, value);
        }

        @Override
        public void inc(double amount) {
            require(shape, chosen).move(requireNumber(shape, amount));
        }
    }

    private static final class HistogramOf implements Histogram {
        private final Shape shape;
        private final double[] bounds;
        private final Shape.@Nullable Numbers chosen;

        HistogramOf(Shape shape, double[] bounds, Shape.@Nullable Numbers chosen) {
            this.shape = shape;
            this.bounds = bounds;
            this.chosen = chosen;
        }

        @Override
        public Histogram labels(String... values) {
            return new HistogramOf(shape, bounds, shape.numbers(List.of(values)));
        }

        /** A value belongs to the first bound that is not less than it. */
        @Override
        public void observe(double value) {
            requireNumber(shape, value);
            int place = Arrays.binarySearch(bounds, value);
            Shape.Numbers numbers = require(shape, chosen);
            numbers.change(place < 0 ? -place - 1 : place, 1);
            numbers.change(bounds.length + 1, value);
        }
    }
}
