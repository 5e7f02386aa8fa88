package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {
    private static final Family COUNTER = Family.counter("shop_orders", "Orders, \"all\" of them:\n\\o/");
    private static final Family GAUGE = Family.gauge("shop_visitors", "Visitors.");

    @Test
    void isPrometheusTextByteForByte() {
        String text = new Exposition(Format.PROMETHEUS)
                .begin(COUNTER)
                .add(3, "kind", "gift", "place", "a")
                .add(0, "kind", "other", "place", "b")
                .begin(GAUGE)
                .add(2.5)
                .begin(Family.info("shop_build", "What runs."))
                .add(1, "version", "4.0")
                .end();
        assertThat(text).isEqualTo("""
                # HELP shop_orders_total Orders, "all" of them:\\n\\\\o/
                # TYPE shop_orders_total counter
                shop_orders_total{kind="gift",place="a"} 3
                shop_orders_total{kind="other",place="b"} 0
                # HELP shop_visitors Visitors.
                # TYPE shop_visitors gauge
                shop_visitors 2.5
                # HELP shop_build_info What runs.
                # TYPE shop_build_info gauge
                shop_build_info{version="4.0"} 1
                """);
    }

    @Test
    void isOpenMetricsByteForByte() {
        String text = new Exposition(Format.OPENMETRICS)
                .begin(COUNTER)
                .add(3, "kind", "gift")
                .begin(Family.info("shop_build", "What runs."))
                .add(1, "version", "4.0")
                .end();
        assertThat(text).isEqualTo("""
                # HELP shop_orders Orders, \\"all\\" of them:\\n\\\\o/
                # TYPE shop_orders counter
                shop_orders_total{kind="gift"} 3
                # HELP shop_build What runs.
                # TYPE shop_build info
                shop_build_info{version="4.0"} 1
                # EOF
                """);
    }

    @Test
    void hasTheSeriesOfAHistogramOneAboveTheOther() {
        Histogram sizes = Histogram.ofSizes();
        sizes.add(5);
        sizes.add(2000);
        sizes.add(2_000_000_000);
        String text = new Exposition(Format.PROMETHEUS)
                .begin(Family.histogram("size_bytes", "Sizes."))
                .add(sizes, "of", "x")
                .end();
        assertThat(text).isEqualTo("""
                # HELP size_bytes Sizes.
                # TYPE size_bytes histogram
                size_bytes_bucket{of="x",le="100.0"} 1
                size_bytes_bucket{of="x",le="1000.0"} 1
                size_bytes_bucket{of="x",le="10000.0"} 2
                size_bytes_bucket{of="x",le="100000.0"} 2
                size_bytes_bucket{of="x",le="1000000.0"} 2
                size_bytes_bucket{of="x",le="1.0E7"} 2
                size_bytes_bucket{of="x",le="1.0E8"} 2
                size_bytes_bucket{of="x",le="1.0E9"} 2
                size_bytes_bucket{of="x",le="+Inf"} 3
                size_bytes_sum{of="x"} 2000002005
                size_bytes_count{of="x"} 3
                """);
    }

    /** Nothing that a client or an application says ends a line, or a label before its end. */
    @Test
    void escapesWhatStandsInLabels() {
        String text = new Exposition(Format.PROMETHEUS)
                .begin(GAUGE)
                .add(1, "path", "a\"b\\c\nd\u00e9\u2028\ud83d\ude00\ud800e\udc00")
                .end();
        assertThat(text)
                .endsWith("\nshop_visitors{path=\"a\\\"b\\\\c\\nd\u00e9\u2028\ud83d\ude00\ufffde\ufffd\"} 1\n")
                .hasLineCount(3);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, -1", "0.001, 0.001", "1e300, 1.0E300", "9007199254740991, 9007199254740991"})
    void writesNumbersAsOthersReadThem(double value, String written) {
        assertThat(new Exposition(Format.PROMETHEUS).begin(GAUGE).add(value).end())
                .endsWith("\nshop_visitors " + written + "\n");
    }

    @Test
    void writesWhatIsNoNumber() {
        assertThat(new Exposition(Format.PROMETHEUS)
                        .begin(GAUGE)
                        .add(Double.NaN)
                        .add(Double.POSITIVE_INFINITY)
                        .add(Double.NEGATIVE_INFINITY)
                        .end())
                .endsWith("\nshop_visitors NaN\nshop_visitors +Inf\nshop_visitors -Inf\n");
    }
}
