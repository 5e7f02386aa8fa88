package dev.waitress.loop;

/**
 * Whether it pays to look again and again for what is on its way, instead of sleeping: waking up takes longer than a
 * small request. It does where nearly all came at once lately, and only one thing at a time, as there is a processor to
 * spare then. One thread.
 */
final class Patience {
    private static final int MOST_TRUST = 16;
    private static final int ENOUGH_TRUST = 12;
    private static final int DISAPPOINTMENT = 4;

    private final long mostNanos;
    private int trust;

    /** Looks for so long at most; 0 for never. */
    Patience(long mostNanos) {
        this.mostNanos = mostNanos;
    }

    /** For how long to look now. */
    long nanos() {
        return trust >= ENOUGH_TRUST ? mostNanos : 0;
    }

    /** So many things came after so long, whether it was looked for them or slept until then. */
    void came(int count, long afterNanos) {
        if (count <= 1 && afterNanos < mostNanos) {
            trust = Math.min(MOST_TRUST, trust + 1);
        } else {
            trust = Math.max(0, trust - DISAPPOINTMENT);
        }
    }
}
