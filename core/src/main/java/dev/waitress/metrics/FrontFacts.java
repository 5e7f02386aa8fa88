package dev.waitress.metrics;

import dev.waitress.exchange.ClientCounts;
import java.util.List;

/**
 * What the front knows of itself at one moment.
 *
 * @param obstacles why requests would not be answered; empty if they would
 * @param bufferedBytes memory that clients take up
 * @param mostBufferedBytes memory that they may take up
 * @param droppedLines lines that the access log has lost
 */
public record FrontFacts(
        List<String> obstacles, ClientCounts clients, long bufferedBytes, long mostBufferedBytes, long droppedLines) {}
