package dev.waitress.exchange;

import java.util.List;

/**
 * What all who answer do at one moment.
 *
 * @param waiting requests that none of them has been given yet
 */
public record Inspection(List<WorkerStatus> workers, int waiting) {}
