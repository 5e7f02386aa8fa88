package dev.waitress.exchange;

import java.util.function.Consumer;

/** Who writes a response piece by piece, and is told how it gets on. Called on the event loop. */
public interface Producer {
    /** The client, or the buffers on the way to it, took this many bytes of the response. */
    void drained(long bytes);

    /** Nobody reads the response any more. */
    void clientGone();

    /** The client has closed its side: it asks for nothing more, and may be gone. It still gets the response. */
    default void clientClosed() {}

    /** Who answers, for logs; empty as long as nobody does. */
    default String name() {
        return "";
    }

    /** Method and target of the request, as logs show them; empty where nobody knows. */
    default String line() {
        return "";
    }

    /**
     * Finds out where the code is that answers, and leaves it at that.
     *
     * @param told is told its stack on the event loop, at once or later or never; empty if it is not running now
     */
    default void locate(Consumer<String> told) {}

    /** When the request was given to whoever answers it. */
    default long begunNanos() {
        return 0;
    }
}
