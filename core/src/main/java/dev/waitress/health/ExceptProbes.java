package dev.waitress.health;

import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ResponseObserver;

/** Lets an observer see all requests but those about the server itself, of which there are some every few seconds. */
public final class ExceptProbes implements RequestObserver {
    private final Probes probes;
    private final RequestObserver observer;

    public ExceptProbes(Probes probes, RequestObserver observer) {
        this.probes = probes;
        this.observer = observer;
    }

    @Override
    public ResponseObserver accepted(Request request) {
        return probes.find(request.head()) == null ? observer.accepted(request) : ResponseObserver.NONE;
    }

    @Override
    public void refused(Refusal refusal) {
        observer.refused(refusal);
    }

    @Override
    public void tick(long nowNanos) {
        observer.tick(nowNanos);
    }
}
