package dev.waitress.meter;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A metric of the application with all its series. Thread-safe. */
public final class Metric {
    private final String name;
    private final Kind kind;
    private final Spread spread;
    private final Map<List<String>, Series> series = new ConcurrentHashMap<>();
    private volatile String help = "";

    Metric(Definition first) {
        this.name = first.name();
        this.kind = first.kind();
        this.spread = first.spread();
    }

    /** Without what its kind adds. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether each worker has a series of its own, with the label {@code pid}. */
    public boolean isEach() {
        return kind == Kind.GAUGE && spread.isEach();
    }

    /** What it tells, as whoever defined it last has said. */
    public String help() {
        return help;
    }

    void explain(String newHelp) {
        help = newHelp;
    }

    /** Whether that can be one of its values. */
    boolean admits(Definition definition) {
        return kind == definition.kind()
                && name.equals(definition.name())
                && (kind != Kind.GAUGE || spread == definition.spread());
    }

    public Collection<Series> series() {
        return series.values();
    }

    Map<List<String>, Series> byLabels() {
        return series;
    }
}
