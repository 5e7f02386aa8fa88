package dev.waitress.metrics;

import java.util.concurrent.TimeUnit;

/** How many values there were up to each of some bounds. One thread. */
final class Histogram {
    /** Those that OpenTelemetry advises for durations of HTTP, and three below them: most answers take less. */
    private static final double[] SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };

    private static final double[] SIZES = {100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private final double[] shown;
    private final double unit;
    private final long[] bounds;

    /** Values up to each bound and above the one before; the last are those above all. */
    private final long[] counts;

    private long sum;

    private Histogram(double[] shown, double unit) {
        this.shown = shown;
        this.unit = unit;
        this.bounds = new long[shown.length];
        for (int i = 0; i < shown.length; i++) {
            bounds[i] = Math.round(shown[i] * unit);
        }
        this.counts = new long[shown.length + 1];
    }

    /** Of nanoseconds, shown as seconds. */
    static Histogram ofDurations() {
        return new Histogram(SECONDS, TimeUnit.SECONDS.toNanos(1));
    }

    /** Of bytes. */
    static Histogram ofSizes() {
        return new Histogram(SIZES, 1);
    }

    /** A value belongs to the first bound that is not less than it. */
    void add(long value) {
        int place = 0;
        while (place < bounds.length && value > bounds[place]) {
            place++;
        }
        counts[place]++;
        sum += value;
    }

    Histogram copy() {
        Histogram copy = new Histogram(shown, unit);
        System.arraycopy(counts, 0, copy.counts, 0, counts.length);
        copy.sum = sum;
        return copy;
    }

    /** All values of another one of the same bounds. */
    void addAll(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        sum += other.sum;
    }

    /** Bounds, in the unit in which they are shown. */
    int size() {
        return shown.length;
    }

    double bound(int place) {
        return shown[place];
    }

    /** Values above the bound before and up to this one; above all bounds for the place behind the last. */
    long count(int place) {
        return counts[place];
    }

    /** Of all values, in the unit in which they are shown. */
    double sum() {
        return sum / unit;
    }
}
