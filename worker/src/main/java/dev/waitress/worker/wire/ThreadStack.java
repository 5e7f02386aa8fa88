package dev.waitress.worker.wire;

/**
 * What a thread of a worker does.
 *
 * @param thread its name
 * @param id of the request that it runs; 0 if it runs none
 * @param stack its Python stack, the innermost call last
 */
public record ThreadStack(String thread, int id, String stack) {}
