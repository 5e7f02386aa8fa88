package dev.waitress.exchange;

import java.util.List;

/**
 * What all who answer do at one moment.
 *
 * @param waiting requests that none of them has been given yet
 * @param counts what has happened among them so far
 */
public record Inspection(List<WorkerStatus> workers, int waiting, Tally.Counts counts) {}
