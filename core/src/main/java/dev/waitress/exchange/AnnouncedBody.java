package dev.waitress.exchange;

import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What the head of a response announces of its body, and how much of that has come. More than was announced is dropped,
 * and said once. Event loop only.
 */
final class AnnouncedBody {
    private static final Logger LOG = System.getLogger("waitress");

    private final boolean headRequest;

    private BodyLength length = BodyLength.NONE;

    /** The status, if it is one without a body; else empty. */
    private String bodilessStatus = "";

    private long announced;

    /** Bytes from the application. */
    private long written;

    /** Bytes of them that went to the client. */
    private long sent;

    private boolean warned;

    AnnouncedBody(boolean headRequest) {
        this.headRequest = headRequest;
    }

    /**
     * Makes the head say how long the body is, where that is known.
     *
     * @param bodyBytes length where the application stated none, or {@link ResponseHead#NO_LENGTH}
     */
    void announce(ResponseHead head, long bodyBytes) {
        if (head.isBodiless()) {
            bodilessStatus = head.status();
            // RFC 9110 §8.6: 304 may state the length of what it stands for, 204 must not.
            if (head.statusCode() == 204) {
                head.removeContentLength();
            } else if (head.statusCode() == 205) {
                head.setContentLength(0); // RFC 9110 §15.3.6: else the client waits for a body
            }
            return;
        }
        // An empty body says nothing to HEAD: many applications leave it out there.
        boolean deducible = bodyBytes != ResponseHead.NO_LENGTH && !(headRequest && bodyBytes == 0);
        if (head.contentLength() == ResponseHead.NO_LENGTH && deducible) {
            head.setContentLength(bodyBytes);
        }
        announced = head.contentLength();
        if (announced == ResponseHead.NO_LENGTH) {
            length = headRequest ? BodyLength.OMITTED : BodyLength.OPEN;
        } else {
            length = headRequest ? BodyLength.NONE : BodyLength.STATED;
        }
    }

    BodyLength length() {
        return length;
    }

    /** Whether nothing follows the head. */
    boolean isEmpty() {
        return length == BodyLength.NONE
                || length == BodyLength.OMITTED
                || length == BodyLength.STATED && announced == 0;
    }

    /** How many of so many bytes the client is to get. */
    long admit(long count) {
        if (headRequest) {
            return 0;
        }
        return length == BodyLength.STATED ? Math.min(count, announced - written) : count;
    }

    /** Takes note of {@code count} bytes from the application, of which {@code admitted} went to the client. */
    void passed(long count, long admitted) {
        written += count;
        sent += admitted;
        if (count > admitted && !warned && !headRequest) {
            warnOfSurplus();
        }
    }

    private void warnOfSurplus() {
        if (!bodilessStatus.isEmpty()) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    "application-written content was ignored due to HTTP response that may not contain a message-body: ("
                            + bodilessStatus + ")");
        } else if (length == BodyLength.STATED && written > announced) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    "application-written content exceeded the number of bytes specified by Content-Length header ("
                            + announced + ")");
        }
    }

    /** The application has ended: says so if that was too early. */
    void warnIfShort() {
        if (length == BodyLength.STATED) {
            LOG.log(
                    Level.WARNING,
                    "application returned too few bytes (" + written + ") for specified Content-Length (" + announced
                            + ") via app_iter");
        }
    }

    /** Whether all of a length that was announced has come. */
    boolean isFull() {
        return length == BodyLength.STATED && written >= announced;
    }

    /** Whether what has come may be all. */
    boolean isComplete() {
        return length != BodyLength.STATED || written >= announced;
    }

    long written() {
        return written;
    }

    long sent() {
        return sent;
    }
}
