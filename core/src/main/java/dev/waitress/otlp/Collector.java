package dev.waitress.otlp;

/** Who is sent spans. Called by one thread. */
interface Collector {
    /**
     * What it says to a batch of spans.
     *
     * @param isTaken whether it has the spans, but those that it rejects
     * @param rejected spans of it that it does not want
     * @param mayRetry whether it might take the same later
     * @param afterMillis after that time, if it says so; else 0
     * @param reason for operators, why it has not taken them all; empty if it has
     */
    record Answer(boolean isTaken, long rejected, boolean mayRetry, long afterMillis, String reason) {
        static Answer taken(long rejected, String reason) {
            return new Answer(true, rejected, false, 0, reason);
        }

        static Answer later(long afterMillis, String reason) {
            return new Answer(false, 0, true, afterMillis, reason);
        }

        static Answer never(String reason) {
            return new Answer(false, 0, false, 0, reason);
        }
    }

    /** Sends a batch, and waits for the answer, for a while. */
    Answer send(byte[] batch);

    /** Where it is, for operators. */
    String name();
}
