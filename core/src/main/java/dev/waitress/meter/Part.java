package dev.waitress.meter;

/** Which number of a series a value is. The worker protocol numbers them in this order. */
public enum Part {
    /** The only one, of a counter or a gauge. */
    VALUE,
    /** How many were above the bound before, and not above the one of this. */
    BUCKET,
    /** The sum of all that were observed. */
    SUM,
    /** How many those were; histograms have buckets instead. */
    COUNT
}
