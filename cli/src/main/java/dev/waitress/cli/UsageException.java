package dev.waitress.cli;

/** The command line cannot be understood; the message is for the user. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String meant;

    UsageException(String message) {
        this(message, "");
    }

    UsageException(String message, String meant) {
        super(message);
        this.meant = meant;
    }

    /** What would be understood in its place; empty if nobody knows. */
    String meant() {
        return meant;
    }
}
