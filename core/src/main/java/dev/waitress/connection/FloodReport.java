package dev.waitress.connection;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells an administrator of clients that ask for much and want nothing: once a minute for each address, so that they
 * cannot fill the log too. Event loop only.
 */
final class FloodReport {
    private static final Logger LOG = System.getLogger("waitress");
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_REMEMBERED = 1000;

    /** When each was last told of; the oldest first. */
    private final Map<String, Long> told = new LinkedHashMap<>();

    /** A connection from this address has been ended for that. */
    void report(String address, String reason, long nowNanos) {
        told.values().removeIf(then -> nowNanos - then > PAUSE_NANOS);
        boolean isNew = told.size() < MOST_REMEMBERED && told.putIfAbsent(address, nowNanos) == null;
        LOG.log(isNew ? Level.WARNING : Level.DEBUG, "ended a connection of HTTP/2 from " + address + ": " + reason);
    }
}
