package dev.waitress.control;

import dev.waitress.exchange.Inspection;
import java.util.Map;

/**
 * All that is told of a server.
 *
 * @param version of the server
 * @param pid of its own process
 * @param uptimeNanos since it serves
 * @param memory resident bytes by process, that of a worker with all that it has started; none of those that cannot be
 *     looked at
 */
record Status(
        String version,
        long pid,
        long uptimeNanos,
        Front.Overview front,
        Inspection inspection,
        Map<Long, Long> memory) {}
