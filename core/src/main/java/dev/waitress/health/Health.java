package dev.waitress.health;

import dev.waitress.exchange.Readiness;
import java.util.List;

/**
 * How far the server is, and so whether it is ready. Any thread moves it on; the event loop asks.
 *
 * <pre>
 *              serves              drains
 *   STARTING ───────────► SERVING ───────────► DRAINING
 *       └────────────────── drains ───────────────▲
 * </pre>
 */
public final class Health implements Readiness {
    private static final List<String> STARTING = List.of("starting");
    private static final List<String> DRAINING = List.of("draining");

    private volatile Readiness application = () -> STARTING;
    private volatile boolean isDraining;

    /** Clients are taken from now on, unless the end has begun; whether they are answered is up to the application. */
    public void serves(Readiness newApplication) {
        application = newApplication;
    }

    /** The end has begun: clients are to go elsewhere, though those that are here are answered still. */
    public void drains() {
        isDraining = true;
    }

    @Override
    public List<String> obstacles() {
        return isDraining ? DRAINING : application.obstacles();
    }
}
