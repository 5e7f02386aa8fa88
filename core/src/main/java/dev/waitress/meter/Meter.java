package dev.waitress.meter;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of an application, and what they have come to in all its processes since the server began. Thread-safe;
 * what is read is not all of one moment.
 */
public final class Meter {
    private static final Logger LOG = System.getLogger("waitress");

    /** Counts nothing. */
    public static final Meter NONE = new Meter(0);

    private static final long MIB = 1 << 20;

    /** So much of the heap, at most; clients have half of it. */
    private static final int PART_OF_HEAP = 4;

    private final int limit;

    private final long mostBytes;

    /** What all series take up. */
    private long bytes;

    private final Map<String, Metric> metrics = new ConcurrentSkipListMap<>();
    /** Whose each name is, those too that only its series have. */
    private final Map<String, Metric> owners = new ConcurrentSkipListMap<>();

    private final AtomicInteger size = new AtomicInteger();
    private final DoubleAdder dropped = new DoubleAdder();
    private final AtomicBoolean isTold = new AtomicBoolean();
    /** Metrics with too many buckets, each of which is told of once. */
    private final Set<String> crowded = new HashSet<>();

    private long definitions;
    private final ReentrantLock defining = new ReentrantLock();

    /**
     * Without metrics yet.
     *
     * @param limit of its series, the key {@code metrics_limit}; 0 if nobody asks for them
     */
    public Meter(int limit) {
        this(limit, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    Meter(int limit, long mostBytes) {
        this.limit = limit;
        this.mostBytes = mostBytes;
    }

    /** How many series there may be; 0 if nothing is to be counted. */
    public int limit() {
        return limit;
    }

    /** How many there are. */
    public int size() {
        return size.get();
    }

    /** Changes that were dropped because their series were too many. */
    public double dropped() {
        return dropped.sum();
    }

    /** By their names. */
    public Collection<Metric> metrics() {
        return metrics.values();
    }

    /** So many changes belong to series that are too many. */
    void drop(double changes) {
        if (limit == 0) {
            return; // nobody asks
        }
        dropped.add(changes);
        if (isTold.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "the application's metrics have more series than metrics_limit (" + limit
                            + "), or take up more than "
                            + mostBytes / MIB + " MiB of the heap, others are dropped: does a label say what only one"
                            + " client says?");
        }
    }

    /**
     * Finds or makes a value; null if its series is one too many. A metric of another kind gives way to it: what was
     * loaded last counts.
     */
    @Nullable
    Value define(Definition definition) {
        defining.lock();
        try {
            Metric metric = metrics.get(definition.name());
            if (metric == null || !metric.admits(definition)) {
                metric = replace(definition);
            }
            metric.explain(definition.help());
            Series series = metric.byLabels().get(definition.labels());
            if (series == null && size.get() >= limit || !hasRoom(series, definition)) {
                return null;
            }
            if (series == null) {
                series = new Series(definition.labels(), definition.bytes());
                metric.byLabels().put(definition.labels(), series);
                size.incrementAndGet();
            }
            return value(series, definition);
        } finally {
            defining.unlock();
        }
    }

    private boolean hasRoom(@Nullable Series series, Definition definition) {
        return series != null && series.has(definition) || bytes + definition.bytes() <= mostBytes;
    }

    private Value value(Series series, Definition definition) {
        long before = series.bytes();
        Value value = series.value(definition, definitions++);
        if (definition.part() == Part.BUCKET && series.dropOldBuckets()) {
            tellOfBuckets(definition.name());
        }
        bytes += series.bytes() - before;
        return value;
    }

    private void tellOfBuckets(String name) {
        if (crowded.add(name)) {
            LOG.log(
                    Level.WARNING,
                    "metric " + name + " has more than 100 buckets, with those of an application that was loaded"
                            + " before: the oldest are told no more, the next ones count for them");
        }
    }

    private Metric replace(Definition definition) {
        List<String> names = definition.kind().names(definition.name());
        names.stream().map(owners::get).distinct().forEach(this::remove);
        Metric metric = new Metric(definition);
        names.forEach(name -> owners.put(name, metric));
        metrics.put(definition.name(), metric);
        return metric;
    }

    private void remove(@Nullable Metric metric) {
        if (metric != null) {
            owners.values().removeIf(owner -> owner == metric);
            metrics.remove(metric.name(), metric);
            size.addAndGet(-metric.series().size());
            metric.series().forEach(series -> bytes -= series.bytes());
        }
    }

    /** A process has ended: what only it has set is gone. */
    void end(LongSupplier process) {
        defining.lock();
        try {
            for (Metric metric : metrics.values()) {
                for (Series series : List.copyOf(metric.series())) {
                    series.values().forEach(value -> value.end(process));
                    if (series.values().stream().allMatch(Value::isEmpty)) {
                        metric.byLabels().remove(series.labels());
                        size.decrementAndGet();
                        bytes -= series.bytes();
                    }
                }
            }
        } finally {
            defining.unlock();
        }
    }
}
