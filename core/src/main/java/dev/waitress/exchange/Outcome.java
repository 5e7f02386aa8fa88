package dev.waitress.exchange;

/**
 * What has become of an order.
 *
 * @param isDone whether it was carried out; else nothing has changed
 * @param message for the operator
 */
public record Outcome(boolean isDone, String message) {
    /** Nobody need be told: the log says it. */
    public void ignore() {}

    public static Outcome done(String message) {
        return new Outcome(true, message);
    }

    public static Outcome refused(String message) {
        return new Outcome(false, message);
    }
}
