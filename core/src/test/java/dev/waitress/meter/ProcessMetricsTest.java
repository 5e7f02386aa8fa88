package dev.waitress.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waitress.wsgi.Metrics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMetricsTest {
    private final Meter meter = new Meter(3);
    private final Metrics metrics = new ProcessMetrics(meter);

    private Series only(String name) {
        return meter.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .flatMap(metric -> metric.series().stream())
                .findFirst()
                .orElseThrow();
    }

    private double value(String name) {
        return only(name).joined(Part.VALUE).orElseThrow();
    }

    @Test
    void countsUnderOneNameWhoeverAsksForIt() {
        metrics.counter("shop_orders_total", "Orders.", "kind").labels("book").inc();
        metrics.counter("shop_orders", "Orders.", "kind").labels("book").inc(2.5);
        assertThat(value("shop_orders")).isEqualTo(3.5);
        assertThat(only("shop_orders").labels()).containsExactly("kind", "book");
    }

    @Test
    void setsAndMovesGauges() {
        Metrics.Gauge open = metrics.gauge("open", "");
        open.inc(3);
        open.inc(-1);
        assertThat(value("open")).isEqualTo(2);
        open.set(-7);
        assertThat(value("open")).isEqualTo(-7);
    }

    @Test
    void putsAValueInTheFirstBucketThatIsNotBelowIt() {
        Metrics.Histogram took = metrics.histogram("took", "", new double[] {-1, 0, 2});
        for (double value : new double[] {-1.5, -1, -0.5, 0, 2, 2.5, Double.POSITIVE_INFINITY}) {
            took.observe(value);
        }
        assertThat(only("took").buckets())
                .extracting(Series.Bucket::bound, Series.Bucket::count)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("-1.0", 2.0),
                        org.assertj.core.groups.Tuple.tuple("0.0", 2.0),
                        org.assertj.core.groups.Tuple.tuple("2.0", 1.0),
                        org.assertj.core.groups.Tuple.tuple("+Inf", 2.0));
    }

    @Test
    void dropsSeriesAboveTheLimitAndCountsThat() {
        Metrics.Counter many = metrics.counter("many", "", "number");
        IntStream.range(0, 3).forEach(number -> many.labels("n" + number).inc());
        assertThat(meter.dropped()).isZero();
        many.labels("n3").inc(5);
        many.labels("n2").inc(5);
        assertThat(meter.size()).isEqualTo(3);
        assertThat(meter.dropped()).isEqualTo(1);
    }

    @Test
    void cutsLongValues() {
        metrics.counter("cut", "", "text").labels("x".repeat(200)).inc();
        metrics.counter("cut", "", "text").labels("y".repeat(201)).inc();
        assertThat(meter.metrics().iterator().next().series())
                .extracting(series -> series.labels().get(1))
                .containsExactlyInAnyOrder("x".repeat(200), "y".repeat(197) + "...");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1a",
                "a b",
                "a-b",
                "\u00e4",
                "a\n",
                "waitress_x",
                "http_server_x",
                "process_open_fds",
                "process_cpu_seconds"
            })
    void refusesNamesThatAreNoneOrTheServers(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> metrics.gauge(name, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a:b", "__a", "a\n", "le"})
    void refusesLabelsThatAreNone(String label) {
        assertThatIllegalArgumentException().isThrownBy(() -> metrics.histogram("name", "", label));
    }

    @Test
    void refusesAnotherMetricByOneOfTheNames() {
        metrics.histogram("took", "", "kind");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> metrics.gauge("took_count", ""))
                .withMessage("metric took_count (gauge, labels []): there is already metric took (histogram, labels"
                        + " [kind])");
        assertThatIllegalArgumentException().isThrownBy(() -> metrics.histogram("took", "", "other"));
        assertThatIllegalArgumentException().isThrownBy(() -> metrics.histogram("took", "", new double[] {1}, "kind"));
        metrics.histogram("took", "said otherwise", "kind");
    }

    @Test
    void refusesWhatCannotBeCounted() {
        Metrics.Counter plain = metrics.counter("plain", "");
        for (double amount : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException().isThrownBy(() -> plain.inc(amount));
        }
        Metrics.Histogram histogram = metrics.histogram("histogram", "");
        assertThatIllegalArgumentException().isThrownBy(() -> histogram.observe(Double.NaN));
        Metrics.Counter labelled = metrics.counter("labelled", "", "a", "b");
        assertThatIllegalArgumentException().isThrownBy(() -> labelled.labels("1"));
        assertThatIllegalStateException().isThrownBy(labelled::inc);
        assertThatIllegalArgumentException().isThrownBy(() -> metrics.counter("twice", "", "a", "a"));
    }

    @Test
    void refusesBoundsThatAreNone() {
        for (double[] bounds : List.of(
                new double[] {},
                new double[] {1, 1},
                new double[] {2, 1},
                new double[] {Double.NaN},
                new double[] {Double.POSITIVE_INFINITY},
                IntStream.range(0, 101).asDoubleStream().toArray())) {
            assertThatIllegalArgumentException().isThrownBy(() -> metrics.histogram("bounds", "", bounds));
        }
        metrics.histogram("bounds", "", IntStream.range(0, 100).asDoubleStream().toArray())
                .observe(1);
    }

    @Test
    void countsNothingWhereNobodyAsks() {
        Metrics none = Metrics.of(Map.of());
        none.counter("orders", "", "kind").labels("book").inc();
        none.gauge("open", "").set(1);
        none.histogram("took", "", new double[] {1}).observe(1);
        assertThat(none).isSameAs(Metrics.NONE);
        assertThat(Metrics.of(Map.of("waitress.metrics", metrics))).isSameAs(metrics);
    }
}
