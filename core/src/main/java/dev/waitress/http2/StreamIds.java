package dev.waitress.http2;

import java.util.Arrays;

/**
 * What is known of streams by their ids: clients count upwards, by odd numbers; the last ones that have ended are
 * remembered. RFC 9113 §5.1 and §5.1.1. One thread at a time.
 */
public final class StreamIds {
    private static final int REMEMBERED = 100;

    /** What a stream is that does not live. */
    public enum Standing {
        /** It may still begin. */
        IDLE,
        /** One above it has begun, so that it never will; or it has ended so long ago that nobody knows. */
        GONE,
        /** It has ended, and both sides know that. */
        ENDED,
        /** We have ended it; the client may not have known that. */
        CUT
    }

    /** A ring: below zero what we have cut. */
    private final int[] ended = new int[REMEMBERED];

    private int next;
    private int last;

    /** The highest that has begun; 0 if none has. */
    public int last() {
        return last;
    }

    /** Whether a client may begin it now. */
    public boolean mayBegin(int id) {
        return id % 2 == 1 && id > last;
    }

    public void begin(int id) {
        last = id;
    }

    /** Remembers that it has ended. */
    public void end(int id, boolean isCut) {
        ended[next] = isCut ? -id : id;
        next = (next + 1) % REMEMBERED;
    }

    /** Of one that does not live. */
    public Standing of(int id) {
        if (id % 2 == 0 || id > last) {
            return Standing.IDLE;
        }
        if (contains(-id)) {
            return Standing.CUT;
        }
        return contains(id) ? Standing.ENDED : Standing.GONE;
    }

    private boolean contains(int entry) {
        return Arrays.stream(ended).anyMatch(each -> each == entry);
    }
}
