package dev.waitress.exchange;

import dev.waitress.buffer.SharedMemory;
import dev.waitress.meter.Meter;
import java.time.Duration;
import java.util.function.Consumer;

/** Answers some requests itself, and leaves the rest, and all that is not about requests, to another gateway. */
public abstract class GatewayInFront implements Gateway {
    private final Gateway next;

    /** In front of another one. */
    protected GatewayInFront(Gateway next) {
        this.next = next;
    }

    /** Leaves a request to the gateway behind. */
    protected final void pass(Request request, Response response) {
        next.submit(request, response);
    }

    @Override
    public final SharedMemory bodyMemory() {
        return next.bodyMemory();
    }

    @Override
    public final Readiness readiness() {
        return next.readiness();
    }

    @Override
    public final Operations operations() {
        return next.operations();
    }

    @Override
    public final Meter meter() {
        return next.meter();
    }

    @Override
    public final void whenAskedToEnd(Runnable action) {
        next.whenAskedToEnd(action);
    }

    @Override
    public final void whenAskedToReload(Consumer<String> action) {
        next.whenAskedToReload(action);
    }

    @Override
    public final void close(Duration within) {
        next.close(within);
    }
}
