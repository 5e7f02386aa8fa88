package dev.waitress.metrics;

import dev.waitress.exchange.ClientCounts;
import dev.waitress.otlp.SpanCounts;
import java.util.List;
import java.util.function.Consumer;

/** The loops of a server that are not the one where it is told what was counted. */
@FunctionalInterface
public interface OtherLoops {
    /** There are none. */
    OtherLoops NONE = told -> told.accept(List.of());

    /**
     * What one of them knows.
     *
     * @param droppedLines lines that the access log has lost
     * @param spans what became of those for the collector, if there is one
     */
    record Facts(Traffic.Counted traffic, ClientCounts clients, long droppedLines, SpanCounts spans) {}

    /** Asks them all, and tells that on the loop that asks, at once or later. */
    void ask(Consumer<List<Facts>> told);
}
