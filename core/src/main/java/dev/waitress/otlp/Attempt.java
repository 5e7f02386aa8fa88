package dev.waitress.otlp;

/**
 * A time for which somebody ran a request.
 *
 * @param worker as logs name it; empty if nobody knows
 * @param isLost whether it died meanwhile
 */
record Attempt(String worker, long begunNanos, long endedNanos, boolean isLost) {}
