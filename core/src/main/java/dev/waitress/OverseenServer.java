package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.control.Front;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Readiness;
import dev.waitress.net.Listener;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A server, as its operators see it.
 *
 * @param isOwnProcess whether the process serves and does nothing else, so that they may end it
 * @param ending begins the end
 */
record OverseenServer(
        List<Listener> listeners, Clients clients, Readiness readiness, BooleanSupplier isOwnProcess, Runnable ending)
        implements Front {
    @Override
    public Overview overview() {
        return new Overview(Listeners.urls(listeners), clients.count(), readiness.obstacles());
    }

    @Override
    public Outcome stop() {
        if (!isOwnProcess.getAsBoolean()) {
            return Outcome.refused("the server runs in a program of its own, which alone can end it");
        }
        ending.run();
        return Outcome.done("the server ends");
    }
}
