package dev.waitress.exchange;

import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a response besides its bytes, for the observer who is told of it: of its end before it has left,
 * whichever comes first. Event loop only.
 */
public final class Account {
    /**
     * Why a response is not what the application meant it to be, as far as the server knows.
     *
     * @param ownStatus see {@link ResponseEnd}
     * @param failure see {@link ResponseEnd}
     */
    public record Cause(
            @Nullable Status ownStatus, @Nullable String failure) {
        private static final Cause NONE = new Cause(null, null);
    }

    private ResponseObserver observer = ResponseObserver.NONE;
    private int statusCode;
    private Cause cause = Cause.NONE;
    private boolean keepsConnection;
    private boolean hasEnded;
    private boolean hasLeft;

    void observedBy(ResponseObserver newObserver) {
        observer = newObserver;
    }

    void producedBy(Producer producer) {
        observer.producedBy(producer);
    }

    void lost() {
        observer.lost();
    }

    /** What is known of it so far. */
    public Cause cause() {
        return cause;
    }

    /** That is known from another loop; of no use behind the end. */
    public void causedBy(Cause newCause) {
        cause = newCause;
    }

    /** The application has failed; what is known of how, perhaps nothing. */
    void failed(String failure) {
        cause = new Cause(cause.ownStatus(), failure);
    }

    /** The server answers in its own name. */
    void answeredAs(Status ownStatus) {
        cause = new Cause(ownStatus, cause.failure());
    }

    /** This head is on its way. */
    void started(ResponseHead head, boolean connectionStays) {
        statusCode = head.statusCode();
        keepsConnection = connectionStays;
        observer.started(head);
    }

    /** It is an answer that the sink makes: it was not started. */
    void refused(Status ownStatus) {
        statusCode = ownStatus.code();
        answeredAs(ownStatus);
    }

    /** Nothing more will be written. Once. */
    void ended(long bodyBytes, boolean isComplete, @Nullable Producer producer) {
        hasEnded = true;
        observer.ended(new ResponseEnd(
                statusCode,
                cause.ownStatus(),
                cause.failure(),
                bodyBytes,
                isComplete,
                isComplete && keepsConnection,
                producer));
        if (hasLeft) {
            observer.left();
        }
    }

    /** All of it has left for the client, perhaps in the very call that ends it. */
    void left() {
        hasLeft = true;
        if (hasEnded) {
            observer.left();
        }
    }
}
