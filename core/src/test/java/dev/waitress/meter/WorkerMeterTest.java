package dev.waitress.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerMeterTest {
    private final Meter meter = new Meter(2);
    private final WorkerMeter one = new WorkerMeter(meter, () -> 11);
    private final WorkerMeter two = new WorkerMeter(meter, () -> 22);

    private static Definition counter(String name, String... labels) {
        return new Definition(Kind.COUNTER, name, "Help.", Spread.ALL, Part.VALUE, "", List.of(labels));
    }

    private static Definition gauge(Spread spread) {
        return new Definition(Kind.GAUGE, "open", "Help.", spread, Part.VALUE, "", List.of());
    }

    private Metric metric() {
        assertThat(meter.metrics()).hasSize(1);
        return meter.metrics().iterator().next();
    }

    private double joined() {
        return metric().series().iterator().next().joined(Part.VALUE).orElse(Double.NaN);
    }

    @Test
    void addsUpWhatWorkersCountAndKeepsItWhenTheyEnd() {
        one.define(1, counter("orders"));
        two.define(1, counter("orders"));
        one.change(1, 2);
        two.change(1, 3);
        one.end();
        assertThat(joined()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "MIN, 3, 3",
        "LIVEMIN, 3, 5",
        "MAX, 5, 5",
        "LIVEMAX, 5, 5",
        "SUM, 8, 8",
        "LIVESUM, 8, 5",
        "MOSTRECENT, 3, 3",
        "LIVEMOSTRECENT, 3, 5"
    })
    void joinsGaugesByTheirMode(Spread spread, double both, double left) {
        one.define(1, gauge(spread));
        two.define(1, gauge(spread));
        one.change(1, 5);
        two.change(1, 3);
        assertThat(joined()).isEqualTo(both);
        two.end();
        assertThat(joined()).isEqualTo(left);
    }

    @Test
    void tellsGaugesOfEachWorkerAndForgetsThemWithIt() {
        one.define(1, gauge(Spread.ALL));
        two.define(1, gauge(Spread.ALL));
        two.change(1, 3);
        assertThat(metric().isEach()).isTrue();
        assertThat(metric().series().iterator().next().byProcess())
                .containsEntry(11L, 0.0)
                .containsEntry(22L, 3.0)
                .hasSize(2);
        one.end();
        two.end();
        assertThat(metric().series()).isEmpty();
        assertThat(meter.size()).isZero();
    }

    @Test
    void holdsNoMoreSeriesThanTheLimit() {
        one.define(1, counter("orders", "kind", "a"));
        one.define(2, counter("orders", "kind", "b"));
        one.define(3, counter("orders", "kind", "c"));
        two.define(1, counter("orders", "kind", "b"));
        one.change(3, 7);
        two.change(1, 1);
        one.change(0, 2);
        assertThat(meter.size()).isEqualTo(2);
        assertThat(meter.dropped())
                .as("one change, and two of which the worker has not told")
                .isEqualTo(3);
    }

    @Test
    void letsTheLastKindOfANameCount() {
        one.define(1, counter("open_total"));
        one.change(1, 4);
        two.define(1, gauge(Spread.LIVESUM));
        two.define(2, counter("open"));
        two.change(1, 9);
        two.change(2, 1);
        one.change(1, 4);
        assertThat(metric().kind()).isEqualTo(Kind.COUNTER);
        assertThat(joined()).isEqualTo(1);
        assertThat(meter.size()).isEqualTo(1);
    }

    private static void defineHistogram(WorkerMeter worker, int first, int bounds) {
        for (int i = 0; i <= bounds; i++) {
            String bound = i == bounds ? "+Inf" : (first + i) + ".0";
            worker.define(i + 1, histogram(Part.BUCKET, bound));
        }
        worker.define(bounds + 2, histogram(Part.SUM, ""));
    }

    private static Definition histogram(Part part, String bound) {
        return new Definition(Kind.HISTOGRAM, "took", "Help.", Spread.ALL, part, bound, List.of());
    }

    private List<Series.Bucket> buckets() {
        return metric().series().iterator().next().buckets();
    }

    @Test
    void letsOldBucketsGiveWayWhereTheBoundsWereChanged() {
        defineHistogram(one, 0, 60);
        one.change(4, 7);
        one.change(60, 1);
        defineHistogram(two, 30, 99);
        two.change(1, 2);
        one.change(1, 3);
        assertThat(buckets()).hasSize(Series.MOST_BUCKETS);
        assertThat(buckets().stream().map(Series.Bucket::bound))
                .as("those that were defined longest ago are gone")
                .startsWith("29.0", "30.0")
                .contains("128.0")
                .endsWith("+Inf");
        assertThat(buckets().get(0).count()).as("all that was below").isEqualTo(10);
        assertThat(buckets().get(1).count()).isEqualTo(2);
        assertThat(buckets().get(30).count()).isEqualTo(1);
    }

    @Test
    void tellsAsManyBucketsAsItCan() {
        defineHistogram(one, 0, 150);
        one.change(1, 3);
        one.change(51, 4);
        one.change(151, 5);
        assertThat(buckets()).hasSize(Series.MOST_BUCKETS);
        assertThat(buckets().get(0)).isEqualTo(new Series.Bucket("50.0", 7));
        assertThat(buckets().get(100)).isEqualTo(new Series.Bucket("+Inf", 5));
    }

    @Test
    void holdsNoMoreThanItsPartOfTheHeap() {
        Meter small = new Meter(1000, 10_000);
        WorkerMeter worker = new WorkerMeter(small, () -> 33);
        String said = "\u20AC".repeat(200);
        for (int number = 1; number <= 50; number++) {
            worker.define(number, counter("orders", "client", said + number));
            worker.change(number, 1);
        }
        assertThat(small.size()).isBetween(8, 12);
        assertThat(small.dropped()).isEqualTo(50.0 - small.size());
        for (int i = 0; i < 100; i++) {
            WorkerMeter passing = new WorkerMeter(small, () -> 44);
            passing.define(1, gauge(Spread.ALL));
            assertThat(small.size()).isEqualTo(1 + (int) (50 - small.dropped()));
            passing.end();
        }
    }

    @Test
    void countsBucketsBelowAllNumbers() {
        one.define(1, histogram(Part.BUCKET, "-Inf"));
        one.define(2, histogram(Part.BUCKET, "+Inf"));
        one.change(1, 1);
        assertThat(buckets().get(0)).isEqualTo(new Series.Bucket("-Inf", 1));
    }

    @Test
    void dropsWhatWasMadeBeforeTheLimitWasKnown() {
        for (int number = 1; number <= 300; number++) {
            one.define(number, counter("orders", "number", String.valueOf(number)));
        }
        one.change(1, 5);
        one.change(300, 5);
        assertThat(metric().series()).hasSize(2);
        assertThat(meter.dropped()).isEqualTo(1);
    }

    @Test
    void refusesNumbersThatNobodyHasToldOf() {
        assertThatIllegalArgumentException().isThrownBy(() -> one.change(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> one.change(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> one.define(2, counter("orders")));
        one.define(1, counter("orders"));
        assertThatIllegalArgumentException().isThrownBy(() -> one.define(1, counter("orders")));
    }
}
