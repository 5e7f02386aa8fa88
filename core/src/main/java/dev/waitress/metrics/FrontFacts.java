package dev.waitress.metrics;

import dev.waitress.exchange.ClientCounts;
import dev.waitress.otlp.SpanCounts;
import java.util.List;

/**
 * What the front knows of itself at one moment.
 *
 * @param addresses where it listens, as URLs
 * @param nowNanos the time, as the loop tells it
 * @param upNanos since when it serves
 * @param obstacles why requests would not be answered; empty if they would
 * @param bufferedBytes memory that clients take up
 * @param mostBufferedBytes memory that they may take up
 * @param droppedLines lines that the access log has lost
 * @param certificateEndSeconds when the first of its certificates expires, since 1970; 0 if it has none
 * @param spans what became of those for the collector, if there is one
 */
public record FrontFacts(
        List<String> addresses,
        long nowNanos,
        long upNanos,
        List<String> obstacles,
        ClientCounts clients,
        long bufferedBytes,
        long mostBufferedBytes,
        long droppedLines,
        long certificateEndSeconds,
        SpanCounts spans) {
    /** With what another loop knows. */
    FrontFacts and(OtherLoops.Facts other) {
        return new FrontFacts(
                addresses,
                nowNanos,
                upNanos,
                obstacles,
                clients.and(other.clients()),
                bufferedBytes,
                mostBufferedBytes,
                droppedLines + other.droppedLines(),
                certificateEndSeconds,
                spans.and(other.spans()));
    }
}
