package dev.waitress.metrics;

import java.util.Locale;

/**
 * A metric with all its series.
 *
 * @param name without what the type adds, {@code _total} or {@code _info}
 * @param help what it tells, in one sentence
 */
record Family(String name, Type type, String help) {
    /** Those that both formats know. */
    enum Type {
        COUNTER("_total"),
        GAUGE(""),
        HISTOGRAM(""),
        SUMMARY(""),
        INFO("_info");

        private final String suffix;

        Type(String suffix) {
            this.suffix = suffix;
        }

        String word(Format format) {
            return this == INFO && format == Format.PROMETHEUS ? "gauge" : name().toLowerCase(Locale.ROOT);
        }
    }

    static Family counter(String name, String help) {
        return new Family(name, Type.COUNTER, help);
    }

    static Family gauge(String name, String help) {
        return new Family(name, Type.GAUGE, help);
    }

    static Family histogram(String name, String help) {
        return new Family(name, Type.HISTOGRAM, help);
    }

    static Family info(String name, String help) {
        return new Family(name, Type.INFO, help);
    }

    /** The name of its series. */
    String seriesName() {
        return name + type.suffix;
    }

    /** The name in what is said of it: OpenMetrics has it without, Prometheus with what the type adds. */
    String headName(Format format) {
        return format == Format.OPENMETRICS ? name : seriesName();
    }
}
