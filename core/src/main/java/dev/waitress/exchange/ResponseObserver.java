package dev.waitress.exchange;

import dev.waitress.http.ResponseHead;

/** Sees one response. Event loop only. */
public interface ResponseObserver {
    /** Sees nothing. */
    ResponseObserver NONE = response -> {};

    /** This one is to produce it from now on; where a worker has died, another one may follow. */
    default void producedBy(Producer producer) {}

    /** Who was to produce it died while it ran; it runs once more, or the server answers. */
    default void lost() {}

    /**
     * The head is on its way as it is; it is valid during the call only. Not called for answers in the server's name.
     */
    default void started(ResponseHead head) {}

    /** Nothing more will be written: the response was complete, or broken off. Called once. */
    void ended(ResponseEnd end);

    /** All of it has left for its client. Called once, after {@link #ended}, if that comes to pass. */
    default void left() {}
}
