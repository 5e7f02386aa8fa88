package dev.waitress.exchange;

/** Sees the requests that come in, for example to log them. Event loop only. */
public interface RequestObserver {
    /** Sees nothing. */
    RequestObserver NONE = request -> ResponseObserver.NONE;

    /** A complete request is about to be answered; its head is valid during the call only. */
    ResponseObserver accepted(Request request);

    /** A request was refused, and that was answered. */
    default void refused(Refusal refusal) {}

    /** Called a few times a second. */
    default void tick(long nowNanos) {}
}
