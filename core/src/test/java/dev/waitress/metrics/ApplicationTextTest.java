package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.meter.Definition;
import dev.waitress.meter.Kind;
import dev.waitress.meter.Meter;
import dev.waitress.meter.Part;
import dev.waitress.meter.ProcessMetrics;
import dev.waitress.meter.Spread;
import dev.waitress.meter.WorkerMeter;
import dev.waitress.wsgi.Metrics;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationTextTest {
    private final Meter meter = new Meter(10);
    private final Metrics metrics = new ProcessMetrics(meter);

    private String text(Format format) {
        Exposition text = new Exposition(format);
        ApplicationText application = new ApplicationText(text, format);
        meter.metrics().forEach(application::add);
        return text.end();
    }

    @Test
    void isPrometheusTextByteForByte() {
        metrics.counter("b_orders", "Orders.\n\\o/", "kind")
                .labels("\"\\\n\uD800")
                .inc(2);
        metrics.gauge("a_open", "Open.").set(-0.5);
        metrics.histogram("c_took", "", new double[] {0.5, 10}).observe(3);
        assertThat(text(Format.PROMETHEUS)).isEqualTo("""
                # HELP a_open Open.
                # TYPE a_open gauge
                a_open -0.5
                # HELP b_orders_total Orders.\\n\\\\o/
                # TYPE b_orders_total counter
                b_orders_total{kind="\\"\\\\\\n\uFFFD"} 2
                # HELP c_took\s
                # TYPE c_took histogram
                c_took_bucket{le="0.5"} 0
                c_took_bucket{le="10.0"} 1
                c_took_bucket{le="+Inf"} 1
                c_took_sum 3
                c_took_count 1
                """);
    }

    @Test
    void hasNeitherSumNorCountInOpenMetricsWhereValuesMayBeNegative() {
        metrics.histogram("took", "", new double[] {-1}).observe(-2);
        assertThat(text(Format.OPENMETRICS))
                .contains("took_bucket{le=\"+Inf\"} 1")
                .doesNotContain("took_sum", "took_count");
        assertThat(text(Format.PROMETHEUS)).contains("took_sum -2", "took_count 1");
    }

    @Test
    void tellsGaugesOfEachWorkerByItsProcess() {
        WorkerMeter worker = new WorkerMeter(meter, () -> 42);
        worker.define(1, new Definition(Kind.GAUGE, "open", "", Spread.LIVEALL, Part.VALUE, "", List.of("kind", "a")));
        worker.change(1, 3);
        assertThat(text(Format.PROMETHEUS)).contains("open{kind=\"a\",pid=\"42\"} 3\n");
    }

    @Test
    void leavesOutAHistogramThatIsNotYetWhole() {
        WorkerMeter worker = new WorkerMeter(meter, () -> 42);
        worker.define(1, new Definition(Kind.HISTOGRAM, "took", "", Spread.ALL, Part.BUCKET, "1.0", List.of()));
        assertThat(text(Format.PROMETHEUS)).doesNotContain("took_");
    }

    @Test
    void tellsSummaries() {
        WorkerMeter worker = new WorkerMeter(meter, () -> 42);
        worker.define(1, new Definition(Kind.SUMMARY, "size", "", Spread.ALL, Part.COUNT, "", List.of()));
        worker.define(2, new Definition(Kind.SUMMARY, "size", "", Spread.ALL, Part.SUM, "", List.of()));
        worker.change(1, 2);
        worker.change(2, 7.5);
        assertThat(text(Format.PROMETHEUS)).contains("size_count 2\nsize_sum 7.5\n");
    }
}
