package dev.waitress.connection;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a connection's bytes mean: a preface, HTTP, or nothing any more. Event loop only. */
interface ProtocolHandler {
    /** Bytes have come; the buffer is the loop's, and used up or copied when this returns. */
    void received(ByteBuffer in);

    /**
     * Where the next bytes belong, if that is known before they come: whoever reads puts no more of them there than
     * there is room for, and says so. Null if they are to be given to {@link #received}.
     */
    default @Nullable ByteBuffer place() {
        return null;
    }

    /** So many bytes have come into the {@link #place} that was asked for last. */
    default void placed(int count) {}

    /** Refuses what comes too slowly. */
    void enforceDeadlines(long nowNanos);

    /** Whether more of what has begun is to be read in the same turn. */
    default boolean expectsMore() {
        return false;
    }

    /** The client has closed its side. */
    default void inputEnded() {}

    /** The client took some of the output; so much waits. */
    default void outputTaken(long waiting) {}

    /** All of the output has left, and the connection goes on. */
    default void outputSent() {}

    /** Whether an application is at work, so that time-outs of the client do not count. */
    default boolean awaitsApplication() {
        return false;
    }

    /** Whether nothing has come of a next request, and none waits. */
    default boolean isIdle() {
        return true;
    }

    /** Whether a request is here, or a part of one: of an idle client, one may still be on its way. */
    default boolean hasRequests() {
        return !isIdle();
    }

    /** What the client speaks. */
    default Language language() {
        return Language.NONE;
    }

    /** Whether there was a request on this connection. */
    default boolean hasServed() {
        return false;
    }

    /** Clients are to come back on other connections: this one takes what has been sent, and no more. */
    default void sendAway() {}

    /** The connection is idle, and ends now: a last word to the client, if there is one. */
    default void leave() {}

    /** Its time is over: gives back all, and tells whoever still responds. */
    default void ended() {}
}
