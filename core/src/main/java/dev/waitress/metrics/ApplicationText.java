package dev.waitress.metrics;

import dev.waitress.meter.Kind;
import dev.waitress.meter.Metric;
import dev.waitress.meter.Part;
import dev.waitress.meter.Series;
import dev.waitress.meter.Series.Bucket;
import java.util.ArrayList;
import java.util.List;

/** Writes down the metrics of an application. One thread. */
final class ApplicationText {
    private final Exposition text;
    private final Format format;

    ApplicationText(Exposition text, Format format) {
        this.text = text;
        this.format = format;
    }

    /** One of them, with all its series. */
    void add(Metric metric) {
        text.begin(new Family(metric.name(), type(metric.kind()), metric.help()));
        for (Series series : metric.series()) {
            switch (metric.kind()) {
                case HISTOGRAM -> addHistogram(series);
                case SUMMARY -> {
                    addPart("_count", series, Part.COUNT);
                    addPart("_sum", series, Part.SUM);
                }
                default -> addValues(metric, series);
            }
        }
    }

    private static Family.Type type(Kind kind) {
        return switch (kind) {
            case COUNTER -> Family.Type.COUNTER;
            case GAUGE -> Family.Type.GAUGE;
            case HISTOGRAM -> Family.Type.HISTOGRAM;
            case SUMMARY -> Family.Type.SUMMARY;
        };
    }

    private void addValues(Metric metric, Series series) {
        if (!metric.isEach()) {
            addPart("", series, Part.VALUE);
            return;
        }
        series.byProcess().forEach((pid, value) -> {
            List<String> labels = new ArrayList<>(series.labels());
            labels.add("pid");
            labels.add(String.valueOf(pid));
            text.addPart("", value, "", labels);
        });
    }

    private void addPart(String suffix, Series series, Part part) {
        series.joined(part).ifPresent(value -> text.addPart(suffix, value, "", series.labels()));
    }

    /** The count is what the buckets make, so that they never contradict each other. */
    private void addHistogram(Series series) {
        List<Bucket> buckets = series.buckets();
        if (buckets.isEmpty() || !buckets.get(buckets.size() - 1).isLast()) {
            return; // not all of it is known yet
        }
        double soFar = 0;
        for (Bucket bucket : buckets) {
            soFar += bucket.count();
            text.addPart("_bucket", soFar, bucket.bound(), series.labels());
        }
        // OpenMetrics 1.0, "Histogram": where values may be negative there is no sum, and no count without a sum.
        if (format == Format.PROMETHEUS || !buckets.get(0).isNegative()) {
            addPart("_sum", series, Part.SUM);
            text.addPart("_count", soFar, "", series.labels());
        }
    }
}
