package dev.waitress.connection;

/** Who counts connections. Event loop only. */
interface ConnectionOwner {
    /** Whether the server stops. */
    boolean isDraining();

    /** A connection waits for its next request: another client may have its place. */
    void becameIdle(Connection connection);

    void closed(Connection connection);
}
