package dev.waitress.metrics;

/** The first digit of a status. RFC 9110 §15. */
enum StatusClass {
    /** No status was sent: the client left before. */
    NONE("none"),
    INFORMATIONAL("1xx"),
    SUCCESSFUL("2xx"),
    REDIRECTION("3xx"),
    CLIENT_ERROR("4xx"),
    SERVER_ERROR("5xx"),
    /** What RFC 9110 has no name for; applications can send that too. */
    OTHER("other");

    private static final int HUNDRED = 100;

    private final String label;

    StatusClass(String label) {
        this.label = label;
    }

    /** That of a status; of 0 for none. */
    static StatusClass of(int status) {
        return switch (status / HUNDRED) {
            case 1 -> INFORMATIONAL;
            case 2 -> SUCCESSFUL;
            case 3 -> REDIRECTION;
            case 4 -> CLIENT_ERROR;
            case 5 -> SERVER_ERROR;
            default -> status == 0 ? NONE : OTHER;
        };
    }

    String label() {
        return label;
    }
}
