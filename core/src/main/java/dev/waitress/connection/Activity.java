package dev.waitress.connection;

import java.util.Locale;

/** What a connection does at one moment. */
enum Activity {
    /** No byte of a request is there. */
    IDLE,
    /** A request, or what comes before it, is on its way here. */
    RECEIVING,
    /** A request is here, and the client has all that there is of its answer. */
    RUNNING,
    /** Output waits until the client takes it. */
    SENDING,
    /** It ends. */
    ENDING;

    static Activity of(Connection connection) {
        if (!connection.isOpen()) {
            return ENDING;
        }
        if (!connection.outbox().isEmpty()) {
            return SENDING;
        }
        if (connection.waitsForApplication()) {
            return RUNNING;
        }
        return connection.isIdle() ? IDLE : RECEIVING;
    }

    /** For operators. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
