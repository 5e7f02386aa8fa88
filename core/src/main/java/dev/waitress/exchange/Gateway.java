package dev.waitress.exchange;

import dev.waitress.buffer.SharedMemory;
import dev.waitress.meter.Meter;
import java.time.Duration;
import java.util.function.Consumer;

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

    /** Whether it can answer requests. */
    default Readiness readiness() {
        return Readiness.ALWAYS;
    }

    /** What to do, on any thread, when an application asks for the end of the server. Called before it can ask. */
    default void whenAskedToEnd(Runnable action) {}

    /** What to do, on any thread, when a file asks for the application to be loaded again; it is told why. */
    default void whenAskedToReload(Consumer<String> action) {}

    /** What an operator may ask of it. */
    default Operations operations() {
        return Operations.NONE;
    }

    /** What the application counts itself. */
    default Meter meter() {
        return Meter.NONE;
    }

    /**
     * Ends what is still running, within this time. Called once, by another thread than the loop's, when no channel is
     * left.
     */
    void close(Duration within);
}
