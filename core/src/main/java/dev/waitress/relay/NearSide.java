package dev.waitress.relay;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.http.Printable;
import dev.waitress.http.RequestHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that another loop has answered, where its client is. Called on the loop of that client. */
final class NearSide implements Producer {
    private final Response response;
    private final RequestHead head;
    private final Link link;
    private final FarSide far;

    /** Who answers, there. Its name and times do not change, or may be asked by any thread. */
    private @Nullable Producer producer;

    NearSide(Request request, Response response, Link link) {
        this.response = response;
        this.head = request.head();
        this.link = link;
        this.far = new FarSide(request, response, this::answeredBy, link);
    }

    /** From now on it is answered there. */
    void send() {
        link.toHome().tell(far::submit);
    }

    /** This one answers it, there. */
    private void answeredBy(Producer newProducer) {
        producer = newProducer;
        response.producedBy(this);
    }

    @Override
    public void drained(long bytes) {
        if (!response.hasEnded()) { // else nobody waits for that
            link.toHome().tell(() -> far.drained(bytes));
        }
    }

    @Override
    public void clientGone() {
        link.toHome().tell(far::clientGone);
    }

    @Override
    public void clientClosed() {
        link.toHome().tell(far::clientClosed);
    }

    @Override
    public String name() {
        return producer == null ? "" : producer.name();
    }

    @Override
    public String line() {
        return Printable.of(head.method() + " " + head.targetText());
    }

    @Override
    public long begunNanos() {
        return producer == null ? 0 : producer.begunNanos();
    }

    @Override
    public void locate(Consumer<String> told) {
        link.toHome().tell(() -> far.locate(told));
    }
}
