package dev.waitress.relay;

import dev.waitress.buffer.LoanedSegment;
import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Account;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A request that came from another loop, where it is answered: what becomes of it goes back there. Called on the loop
 * where it is answered.
 */
final class FarSide implements ResponseSink, ResponseObserver {
    private static final Logger LOG = System.getLogger("waitress");

    private final Request request;
    private final Response there;
    private final Consumer<Producer> answeredBy;
    private final Link link;
    private final Response response;
    private boolean isClientClosed;

    /**
     * One that is not answered yet.
     *
     * @param there what becomes of the answer, on the other loop
     * @param answeredBy told there who answers
     */
    FarSide(Request request, Response there, Consumer<Producer> answeredBy, Link link) {
        this.request = request;
        this.there = there;
        this.answeredBy = answeredBy;
        this.link = link;
        this.response = Response.relayed(request, this, link.name());
    }

    /** Has it answered. */
    void submit() {
        response.observedBy(this);
        try {
            link.gateway().submit(request, response);
        } catch (RuntimeException | Error e) {
            response.fail(""); // else its client would wait for ever
            throw e;
        }
    }

    // ---- What the client does --------------------------------------------------------------------------------------

    void drained(long bytes) {
        response.drained(bytes);
    }

    void clientGone() {
        response.clientGone();
    }

    void clientClosed() {
        if (!isClientClosed) {
            isClientClosed = true;
            response.clientClosed();
        }
    }

    void locate(Consumer<String> told) {
        Producer producer = response.producer();
        if (producer != null) {
            producer.locate(stack -> link.toClients().tell(() -> told.accept(stack)));
        }
    }

    // ---- Who answers -----------------------------------------------------------------------------------------------

    @Override
    public void producedBy(Producer producer) {
        link.toClients().tell(() -> answeredBy.accept(producer));
    }

    @Override
    public void lost() {
        link.toClients().tell(there::lost);
    }

    @Override
    public void ended(ResponseEnd end) {
        // the sink was told
    }

    // ---- The answer ------------------------------------------------------------------------------------------------

    @Override
    public void hints(ResponseHead hints) {
        ResponseHead copy = copy(hints);
        link.toClients().tell(() -> there.hint(copy));
    }

    private static ResponseHead copy(ResponseHead head) {
        ResponseHead copy = new ResponseHead();
        copy.become(head);
        return copy;
    }

    @Override
    public boolean head(ResponseHead head, BodyLength body) {
        ResponseHead copy = copy(head);
        tellWhy(() -> there.start(copy, ResponseHead.NO_LENGTH));
        return true; // nobody here asks
    }

    /** What the server knows of it goes along. */
    private void tellWhy(Runnable message) {
        Account.Cause cause = response.account().cause();
        link.toClients().tell(() -> {
            there.account().causedBy(cause);
            message.run();
        });
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
        body(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    private void body(byte[] bytes) {
        link.toClients().tell(() -> there.body(bytes, 0, bytes.length), bytes.length);
    }

    @Override
    public void body(Segment segment) {
        if (!(segment instanceof LoanedSegment loan)) {
            Segment handed = segment.handedOver(link.toHome()::tell);
            link.toClients().tell(() -> there.body(handed));
            return;
        }
        try {
            body(loan.take());
        } catch (IOException e) {
            LOG.log(Level.ERROR, "a part of an answer has gone", e);
            cut();
        }
    }

    @Override
    public void end(boolean complete) {
        link.toClients().tell(there::endAsSaid);
    }

    @Override
    public void cut() {
        refuse(Status.INTERNAL_SERVER_ERROR, "");
    }

    @Override
    public int error(Status status, String text, RequestId id) {
        refuse(status, text);
        return 0; // nobody here asks
    }

    private void refuse(Status status, String text) {
        tellWhy(() -> there.refuse(status, text));
    }

    @Override
    public void released() {
        link.toClients().tell(there::release);
    }
}
