package dev.waitress.buffer;

/**
 * Where the request bodies of a server lie.
 *
 * @param overflowBytes size from which a body goes to a file; key {@code inbuf_overflow}
 * @param memory for smaller ones; where it has no room, these go to a file too
 * @param directory for these files
 * @param shared tried first
 */
public record BodyStorage(int overflowBytes, MemoryBudget memory, PrivateDirectory directory, SharedMemory shared) {}
