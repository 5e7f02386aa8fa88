package dev.waitress.meter;

import java.util.List;
import java.util.Locale;

/** What a metric is. The worker protocol numbers them in this order. */
public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    SUMMARY;

    /** As Prometheus calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names that a metric of this kind takes up: no other one may have one of them. */
    List<String> names(String name) {
        return switch (this) {
            case COUNTER -> List.of(name, name + "_total", name + "_created");
            case GAUGE -> List.of(name);
            case HISTOGRAM -> List.of(name, name + "_bucket", name + "_sum", name + "_count", name + "_created");
            case SUMMARY -> List.of(name, name + "_sum", name + "_count", name + "_created");
        };
    }
}
