package dev.waitress.meter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one process counts, which numbers its values from 1 on. One thread at a time. */
public final class WorkerMeter {
    private final Meter meter;
    private final LongSupplier process;
    private final List<@Nullable Value> values = new ArrayList<>();

    /** How many it has told of. */
    private int defined;

    /**
     * Nothing of that process yet.
     *
     * @param process tells its id; distinguishes it from others
     */
    public WorkerMeter(Meter meter, LongSupplier process) {
        this.meter = meter;
        this.process = process;
    }

    /**
     * The value of a number, which is the next one. Those beyond what the limit can come to are dropped: a program may
     * have made its metrics before it knew of that.
     *
     * @throws IllegalArgumentException if it is not
     */
    public void define(int number, Definition definition) {
        if (number != defined + 1) {
            throw new IllegalArgumentException("a metric of number " + number + " behind " + defined);
        }
        defined = number;
        if (number > (long) meter.limit() * (Series.MOST_BUCKETS + 1)) {
            return;
        }
        Value value = meter.define(definition);
        if (value != null) {
            value.begin(process);
        }
        values.add(value);
    }

    /**
     * A value has grown by so much, or, of a gauge, is so much now; number 0 stands for all that the process has not
     * told of because they are too many.
     *
     * @throws IllegalArgumentException if there is no such value, or if it cannot change so
     */
    public void change(int number, double amount) {
        if (number < 0 || number > defined) {
            throw new IllegalArgumentException("a metric of number " + number + ", which nobody has told of");
        }
        Value value = number == 0 || number > values.size() ? null : values.get(number - 1);
        if (value == null) {
            meter.drop(number == 0 ? amount : 1);
        } else {
            value.change(process, amount);
        }
    }

    /** The process has ended. */
    public void end() {
        meter.end(process);
    }
}
