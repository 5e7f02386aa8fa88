package dev.waitress.gateway;

import dev.waitress.buffer.SharedMemory;

/** Turns requests into responses: in this JVM, or through worker processes. */
public interface Gateway {
    /**
     * Event loop only: takes over a complete request; it is answered through {@code response}, now or later.
     *
     * @param request its head lies in the reader's buffer: whoever needs it after this call calls
     *     {@link Request#detach} first
     */
    void submit(Request request, Response response);

    /** Memory in which request bodies are handed over best. */
    default SharedMemory bodyMemory() {
        return SharedMemory.NONE;
    }

    /** Ends what is still running. Called once, by another thread than the loop's, when no channel is left. */
    void close();
}
