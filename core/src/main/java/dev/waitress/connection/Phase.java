package dev.waitress.connection;

/**
 * The life of a connection.
 *
 * <pre>
 *            CLOSING ─────────────────┐
 *   OPEN ──► PARTING ──► LINGERING ───┼──► CLOSED
 *            RESETTING ───────────────┘
 * </pre>
 *
 * The three in the middle wait until the output is sent. From everywhere it is CLOSED when the client is gone. Who
 * waits for a client has a limit: OPEN those of {@link Deadlines} and {@code channel_timeout}, all others that time-out
 * too, LINGERING its own.
 */
enum Phase {
    /** Requests are taken. */
    OPEN,
    /** Closed when the output is sent. */
    CLOSING,
    /** As CLOSING, but the client may still be sending: it is lingered for, or it never sees the answer. */
    PARTING,
    /** Reset when the output is sent. */
    RESETTING,
    /** All is sent; what the client still sends is read away. */
    LINGERING,
    CLOSED
}
