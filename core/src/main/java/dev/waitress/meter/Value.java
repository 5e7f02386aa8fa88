package dev.waitress.meter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One number of a metric. Thread-safe. */
final class Value {
    private final boolean isGauge;
    private final Spread spread;
    private final DoubleAdder total = new DoubleAdder();
    /** What each process has set it to that lives, by what tells its id. */
    private final Map<LongSupplier, Reading> readings;
    /** Who counts for it since it has given way. */
    private volatile @Nullable Value heir;

    /** When somebody has last asked for it; for whoever defines metrics. */
    private long definedAt;

    /** What stands for those that have ended, where they count. */
    private volatile @Nullable Reading kept;

    Value(Definition definition) {
        this.isGauge = definition.kind() == Kind.GAUGE;
        this.readings = isGauge ? new ConcurrentHashMap<>() : Map.of(); // of others there may be very many
        this.spread = definition.spread();
    }

    /** Somebody asks for it again; the order of such moments is what counts. */
    void defined(long moment) {
        definedAt = moment;
    }

    /** When that was. */
    long definedAt() {
        return definedAt;
    }

    /** From now on another one of its kind counts for it, and has what it has counted so far. No gauge. */
    void giveWayTo(Value other) {
        heir = other;
        other.total.add(total.sumThenReset());
    }

    /** Who counts for it; an heir may have given way, too. */
    private Value counting() {
        Value next = heir;
        if (next == null) {
            return this;
        }
        Value last = next.counting();
        heir = last;
        return last;
    }

    /** A process has it. */
    void begin(LongSupplier process) {
        if (isGauge) {
            readings.put(process, new Reading(0, 0));
        }
    }

    /** A process says by how much it has grown, or, of a gauge, what it is there. */
    void change(LongSupplier process, double amount) {
        if (isGauge) {
            readings.put(process, new Reading(amount, System.nanoTime()));
        } else {
            counting().total.add(amount);
        }
    }

    /** A gauge of this process is so much more. */
    void move(LongSupplier process, double amount) {
        readings.merge(
                process,
                new Reading(amount, System.nanoTime()),
                (old, more) -> new Reading(old.value() + more.value(), more.order()));
    }

    /** A process has ended. */
    void end(LongSupplier process) {
        Reading last = isGauge ? readings.remove(process) : null;
        if (last != null && spread.keeps()) {
            Reading before = kept;
            kept = before == null ? last : spread.join(Stream.of(before, last));
        }
    }

    /** Whether there is nothing to tell. */
    boolean isEmpty() {
        return isGauge && readings.isEmpty() && kept == null;
    }

    /** What it is in all processes together; nothing of one that is empty. */
    OptionalDouble joined() {
        if (!isGauge) {
            return OptionalDouble.of(total.sum());
        }
        List<Reading> all = new ArrayList<>(readings.values());
        Reading before = kept;
        if (before != null) {
            all.add(before);
        }
        return all.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(spread.join(all.stream()).value());
    }

    /** What it is in each process. */
    Map<LongSupplier, Reading> readings() {
        return readings;
    }
}
