package dev.waitress.http2;

/**
 * How often a client may still do what costs it nothing. What is of use gives some of it back, so that no honest client
 * comes to the end, however long its connection lives. One thread at a time.
 */
public final class Allowance {
    private final int most;
    private int left;

    /** A full one. */
    public Allowance(int most) {
        this.most = most;
        this.left = most;
    }

    /** Uses up one; false if none is left. */
    public boolean take() {
        return left-- > 0;
    }

    /** Gives some back, up to what there was. */
    public void giveBack(long more) {
        left = (int) Math.min(most, Math.max(left, 0) + more);
    }

    /** How many are left. */
    public int left() {
        return Math.max(left, 0);
    }
}
