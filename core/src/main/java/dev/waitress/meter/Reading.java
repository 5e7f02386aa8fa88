package dev.waitress.meter;

/**
 * What a gauge was set to.
 *
 * @param order greater than that of all that were set before
 */
record Reading(double value, long order) {}
