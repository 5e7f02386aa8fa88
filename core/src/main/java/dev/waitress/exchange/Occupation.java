package dev.waitress.exchange;

/**
 * What one thread does.
 *
 * @param thread its name
 * @param request method and target of the request that it runs, as logs show them; empty if it runs none
 * @param ageNanos how long it has run that
 * @param stack the calls that it is in; empty if nobody has asked for them
 */
public record Occupation(String thread, String request, long ageNanos, String stack) {}
