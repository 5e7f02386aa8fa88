package dev.waitress.metrics;

import dev.waitress.exchange.Inspection;
import dev.waitress.meter.Meter;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * All that is told at one moment.
 *
 * @param version of the server
 * @param failures the last ones, the last one first
 * @param workers what the system tells of their processes, by process id
 * @param own the same of the front
 * @param openDescriptors those of the front
 * @param mostDescriptors those that it may have
 * @param spooledFiles temporary files
 * @param application what it counts itself
 */
record Scrape(
        String version,
        RequestCounts requests,
        List<RecentFailures.Failure> failures,
        FrontFacts front,
        Inspection inspection,
        Map<Long, ProcessFacts> workers,
        ProcessFacts own,
        OptionalLong openDescriptors,
        OptionalLong mostDescriptors,
        long spooledFiles,
        Meter application) {}
