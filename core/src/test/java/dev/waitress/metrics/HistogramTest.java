package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramTest {
    /** A bound counts what is not more than it. */
    @Test
    void countsWhatLiesAtABoundBelowIt() {
        for (int place = 0; place < Histogram.ofDurations().size(); place++) {
            Histogram durations = Histogram.ofDurations();
            long nanos = Math.round(durations.bound(place) * 1e9);
            durations.add(nanos - 1);
            durations.add(nanos);
            assertThat(durations.count(place)).isEqualTo(2);
            durations.add(nanos + 1);
            assertThat(durations.count(place)).isEqualTo(2);
            assertThat(durations.count(place + 1)).isEqualTo(1);
        }
    }

    @Test
    void hasTheBoundsOfOpenTelemetry() {
        double[] advised = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};
        Histogram durations = Histogram.ofDurations();
        double[] bounds = new double[advised.length];
        for (int i = 0; i < advised.length; i++) {
            bounds[i] = durations.bound(durations.size() - advised.length + i);
        }
        assertThat(bounds).isEqualTo(advised);
    }

    @Test
    void addsUpInTheUnitThatIsShown() {
        Histogram durations = Histogram.ofDurations();
        durations.add(1_500_000_000);
        durations.add(250_000_000);
        assertThat(durations.sum()).isEqualTo(1.75);
    }

    @Test
    void isNotChangedByWhatItsOriginalCounts() {
        Histogram sizes = Histogram.ofSizes();
        sizes.add(1);
        Histogram copy = sizes.copy();
        sizes.add(1);
        assertThat(copy.count(0)).isEqualTo(1);
        assertThat(copy.sum()).isEqualTo(1);
    }
}
