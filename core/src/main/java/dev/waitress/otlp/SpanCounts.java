package dev.waitress.otlp;

/**
 * What has become of spans.
 *
 * @param exported the collector has taken them
 * @param crowdedOut too many waited for it
 * @param refused it did not take them, or was not there for too long
 */
public record SpanCounts(long exported, long crowdedOut, long refused) {
    /** There are none. */
    public static final SpanCounts NONE = new SpanCounts(0, 0, 0);

    /** Of these and others. */
    public SpanCounts and(SpanCounts others) {
        return new SpanCounts(exported + others.exported, crowdedOut + others.crowdedOut, refused + others.refused);
    }
}
