package dev.waitress.relay;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.ServerName;
import dev.waitress.loop.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Joins a loop that has clients to the one where requests are answered, home.
 *
 * @param toHome what the loop of the clients tells
 * @param toClients what home tells
 */
record Link(Outbound toHome, Outbound toClients, Gateway gateway, ServerName name) {
    /** A small request is answered within this time; what takes longer may take any time. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Joins two loops that run. What home does in a turn before this leaves in the same turn. */
    static Link between(EventLoop clients, EventLoop home, Gateway gateway, ServerName name) {
        Link link = new Link(
                new Outbound(home::execute, new Passage(), SOON_NANOS),
                new Outbound(clients::execute, new Passage(), 0),
                gateway,
                name);
        clients.execute(() -> clients.join(link.toHome));
        home.execute(() -> home.join(link.toClients));
        return link;
    }
}
