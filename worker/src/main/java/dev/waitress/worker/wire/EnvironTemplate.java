package dev.waitress.worker.wire;

/**
 * The part of an environ that many requests share. A worker that has been told of it once is sent its number instead,
 * as long as requests need it. Event loop only.
 */
public final class EnvironTemplate {
    private final int number;
    private final int hash;
    private final byte[] key;
    private final byte[] pairs;

    /** Requests that were sent with its number, and that a worker may still have to begin. */
    private int users;

    /** When it was asked for last, as a count of requests. */
    private long lastUse;

    EnvironTemplate(int number, int hash, byte[] key, byte[] pairs) {
        this.number = number;
        this.hash = hash;
        this.key = key;
        this.pairs = pairs;
    }

    /** What it is called, from 1 on; another one can have the same name when nobody uses this one any more. */
    public int number() {
        return number;
    }

    int hash() {
        return hash;
    }

    /** What it was made of. */
    byte[] key() {
        return key;
    }

    /** The keys and values of a dictionary, one behind the other. */
    byte[] pairs() {
        return pairs;
    }

    long lastUse() {
        return lastUse;
    }

    void used(long now) {
        lastUse = now;
    }

    /** A request has been encoded with it. */
    public void acquire() {
        users++;
    }

    /** That is over, for its worker too. */
    public void release() {
        users--;
    }

    boolean isFree() {
        return users == 0;
    }
}
