package dev.waitress.health;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.GatewayInFront;
import dev.waitress.exchange.Readiness;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.health.Probes.Probe;
import dev.waitress.http.RequestHead;

/** Answers what is asked of the server itself, at once and on the loop, and leaves the rest to another gateway. */
public final class HealthGateway extends GatewayInFront {
    private final Probes probes;
    private final Readiness readiness;

    /**
     * In front of another gateway.
     *
     * @param readiness what is told
     */
    public HealthGateway(Probes probes, Readiness readiness, Gateway next) {
        super(next);
        this.probes = probes;
        this.readiness = readiness;
    }

    @Override
    public void submit(Request request, Response response) {
        Probe probe = probes.find(request.head());
        if (probe == null) {
            pass(request, response);
            return;
        }
        request.body().discard();
        answer(probe, request.head()).sendTo(response);
    }

    private ServerAnswer answer(Probe probe, RequestHead head) {
        if (!head.isMethod("GET") && !head.isMethod("HEAD")) {
            return HealthAnswer.NOT_ALLOWED;
        }
        return probe == Probe.LIVE ? HealthAnswer.LIVE : HealthAnswer.readiness(readiness.obstacles());
    }
}
