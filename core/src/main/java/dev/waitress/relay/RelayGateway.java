package dev.waitress.relay;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.loop.EventLoop;
import java.time.Duration;

/** Has the requests of one loop's clients answered on another loop, by the gateway that is there. Event loop only. */
public final class RelayGateway implements Gateway {
    private final Link link;

    /**
     * Joins two loops that run.
     *
     * @param clients whose requests come here
     * @param home where the gateway is
     */
    public RelayGateway(EventLoop clients, EventLoop home, Gateway gateway, ServerName name) {
        this(Link.between(clients, home, gateway, name));
    }

    RelayGateway(Link link) {
        this.link = link;
    }

    @Override
    public void submit(Request request, Response response) {
        NearSide near = new NearSide(request.detach(), response, link);
        response.producedBy(near);
        near.send();
    }

    /** The gateway is closed where it is. */
    @Override
    public void close(Duration within) {
        // nothing runs here
    }
}
