package dev.waitress.metrics;

import dev.waitress.exchange.Operations;
import dev.waitress.meter.Meter;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Who knows what is told.
 *
 * @param front asked on the loop
 * @param spooledFiles asked elsewhere
 * @param mostDescriptors those that this process may have; {@link Long#MAX_VALUE} where nobody knows
 * @param application what it counts itself
 * @param others who counts, too
 */
public record Sources(
        Traffic traffic,
        Supplier<FrontFacts> front,
        Operations operations,
        LongSupplier spooledFiles,
        long mostDescriptors,
        Meter application,
        OtherLoops others) {
    /** Those of a server with one loop. */
    Sources(
            Traffic traffic,
            Supplier<FrontFacts> front,
            Operations operations,
            LongSupplier spooledFiles,
            long mostDescriptors,
            Meter application) {
        this(traffic, front, operations, spooledFiles, mostDescriptors, application, OtherLoops.NONE);
    }
}
