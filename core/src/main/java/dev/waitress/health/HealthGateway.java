package dev.waitress.health;

import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Readiness;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.health.Probes.Probe;
import dev.waitress.http.RequestHead;
import java.time.Duration;
import java.util.function.Consumer;

/** Answers what is asked of the server itself, at once and on the loop, and leaves the rest to another gateway. */
public final class HealthGateway implements Gateway {
    private final Probes probes;
    private final Readiness readiness;
    private final Gateway next;

    /**
     * In front of another gateway.
     *
     * @param readiness what is told
     */
    public HealthGateway(Probes probes, Readiness readiness, Gateway next) {
        this.probes = probes;
        this.readiness = readiness;
        this.next = next;
    }

    @Override
    public void submit(Request request, Response response) {
        Probe probe = probes.find(request.head());
        if (probe == null) {
            next.submit(request, response);
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

    @Override
    public SharedMemory bodyMemory() {
        return next.bodyMemory();
    }

    @Override
    public Readiness readiness() {
        return next.readiness();
    }

    @Override
    public Operations operations() {
        return next.operations();
    }

    @Override
    public void whenAskedToEnd(Runnable action) {
        next.whenAskedToEnd(action);
    }

    @Override
    public void whenAskedToReload(Consumer<String> action) {
        next.whenAskedToReload(action);
    }

    @Override
    public void close(Duration within) {
        next.close(within);
    }
}
