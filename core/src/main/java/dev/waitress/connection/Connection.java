package dev.waitress.connection;

/** A client's connection, for those who count connections and end them. Event loop only. */
interface Connection {
    /** Whose it is, numeric; empty as long as that is not known. */
    String remoteAddress();

    /** Whether it waits for a request of which nothing has come. */
    boolean isIdle();

    /** Whether another client may have its place: not if it has just come and could not yet say what it wants. */
    boolean canGiveWay();

    /** Closes the connection if it is idle. */
    void giveWay();

    long lastActiveNanos();

    /**
     * Ends what comes too slowly, once what the kernel has received is taken, and what has lingered for long enough.
     */
    void enforce(long nowNanos, Deadlines deadlines);

    /**
     * Closes the connection if it has not moved for that long and no application is at work on it. What the kernel has
     * received meanwhile is taken first, and counts.
     */
    void closeIfIdle(long nowNanos, long timeoutNanos);

    /** Nobody is there any more: whoever still writes is told. */
    void disconnect();
}
