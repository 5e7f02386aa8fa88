package dev.waitress.control;

import dev.waitress.exchange.Outcome;
import java.util.List;

/** The server before those who answer, as its operators see it. */
public interface Front {
    /**
     * How it is.
     *
     * @param addresses where it listens, as URLs
     * @param connections of clients that are open
     * @param obstacles why requests would not be answered now; empty if they would
     */
    record Overview(List<String> addresses, int connections, List<String> obstacles) {}

    /** Event loop only. */
    Overview overview();

    /** Begins to end it, as SIGTERM does. */
    Outcome stop();
}
