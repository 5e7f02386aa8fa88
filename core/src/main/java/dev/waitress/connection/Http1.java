package dev.waitress.connection;

import dev.waitress.buffer.Lease;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Response;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.http1.Http1Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1 on one connection: its requests are answered one at a time; what the client sends meanwhile waits, in a
 * bounded buffer and then in the kernel. Event loop only.
 */
final class Http1 implements ProtocolHandler {
    private static final Logger LOG = System.getLogger("waitress");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Connection connection;
    private final Exchanges exchanges;
    private final Deadlines deadlines;
    private final Intake intake;
    private final Pipelined pipelined;
    private final Http1Sink sink;

    /** For the request that is answered. */
    private final Lease lease;

    /** The present answer, until all of it has left; null while a request is awaited. */
    private @Nullable Response response;

    private boolean served;

    Http1(Connection connection, Intake.Means means, Exchanges exchanges, Deadlines deadlines) {
        this.connection = connection;
        this.exchanges = exchanges;
        this.deadlines = deadlines;
        this.intake = new Intake(means, connection.peer());
        this.pipelined = new Pipelined(new Lease(means.bodies().memory()));
        this.sink = new Http1Sink(connection, exchanges, pipelined);
        this.lease = new Lease(means.bodies().memory());
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    @Override
    public void received(ByteBuffer in) {
        if (pipelined.hasBytes()) {
            keep(in);
        } else {
            consume(in);
        }
    }

    @Override
    public @Nullable ByteBuffer place() {
        return !connection.isOpen() || isBusy() || pipelined.hasBytes() ? null : intake.place();
    }

    @Override
    public void placed(int count) {
        intake.placed(count);
        consume(NOTHING);
    }

    /** For later; who sends on is made to wait. Behind a refusal nothing counts. */
    private void keep(ByteBuffer in) {
        connection.inbox().watch(false);
        if (!pipelined.endsWithRefusal() && !pipelined.keep(in)) {
            pipelined.add(intake.refusedForWantOfMemory(connection.loop().nowNanos()));
        }
    }

    /**
     * Takes requests as far as they may come before their turn; bytes beyond that are kept, and the rest of what the
     * client sends is left to the kernel.
     */
    private void consume(ByteBuffer in) {
        while (mayTakeMore()) {
            Arrival arrival = intake.take(in, connection.loop().nowNanos());
            if (arrival == null) {
                return;
            }
            if (isBusy()) {
                letWait(arrival);
            } else {
                act(arrival);
            }
        }
        if (connection.isOpen() && in.hasRemaining()) {
            keep(in);
        }
    }

    private boolean isBusy() {
        return response != null || !connection.outbox().isEmpty() || !pipelined.isEmpty();
    }

    private boolean mayTakeMore() {
        return connection.isOpen()
                && (!isBusy() || pipelined.requests() < exchanges.lookahead() && !pipelined.endsWithRefusal());
    }

    private void letWait(Arrival arrival) {
        if (!pipelined.add(arrival) && arrival instanceof Arrival.Complete complete) {
            complete.discard();
            pipelined.add(complete.forWantOfMemory());
        }
    }

    private void act(Arrival arrival) {
        if (arrival instanceof Arrival.Complete complete) {
            submit(complete.request());
        } else if (arrival instanceof Arrival.Refused refused) {
            refuse(refused);
        } else {
            connection.outbox().write(Http1Writer.CONTINUE);
        }
    }

    private void submit(Request request) {
        sink.begin(Http1Writer.to(request.head()));
        Response answer = exchanges.begin(request, sink);
        response = answer;
        served = true;
        if (connection.inbox().hasEnded()) {
            tellOfEnd(answer);
        }
        // Who waited for its turn has its share already.
        if (lease.resizeTo(request.memoryBytes())) {
            exchanges.gateway().submit(request, answer);
        } else {
            request.body().discard();
            answer.refuse(Rule.NO_MEMORY.status(), Rule.NO_MEMORY.text(""));
        }
    }

    private void refuse(Arrival.Refused refused) {
        Rejection rejection = refused.rejection();
        LOG.log(
                Level.DEBUG,
                () -> "refused a request from " + connection.peer().remoteAddress() + ": "
                        + rejection.rule().status().code() + " " + rejection.text());
        sink.begin(Http1Writer.to(rejection));
        RequestId id = exchanges.ids().next();
        int bodyBytes = sink.refuse(rejection.rule().status(), rejection.text(), id);
        exchanges.refused(connection.peer(), refused, bodyBytes, id);
        connection.endBy(Phase.PARTING);
    }

    @Override
    public void inputEnded() {
        if (response != null) {
            tellOfEnd(response);
        }
    }

    /** With a lookahead the application is told, as by Waitress: it may end what nobody might read any more. */
    private void tellOfEnd(Response running) {
        if (exchanges.lookahead() > 0 && !running.hasEnded()) {
            running.clientClosed();
        }
    }

    /** Refuses a request that has begun to arrive but comes too slowly. */
    @Override
    public void enforceDeadlines(long nowNanos) {
        if (ruleBroken(nowNanos) != null) {
            connection.move();
        }
        Rule broken = ruleBroken(nowNanos);
        if (broken != null) {
            refuse(intake.refused(broken));
        }
    }

    private @Nullable Rule ruleBroken(long nowNanos) {
        return !connection.isOpen() || isBusy() ? null : intake.ruleBroken(nowNanos, deadlines);
    }

    // ---- Answers ---------------------------------------------------------------------------------------------------

    /** An answer that has ended needs nothing of its request any more, and is over when all of it has left. */
    @Override
    public void outputTaken(long waiting) {
        Response present = response;
        if (present == null) {
            return;
        }
        if (!present.hasEnded()) {
            present.flushed(waiting);
            return;
        }
        lease.close();
        if (waiting == 0) {
            response = null;
            present.left();
        }
    }

    @Override
    public void outputSent() {
        takeTurns();
        if (response != null || !connection.isOpen()) {
            return;
        }
        if (connection.inbox().hasEnded()) {
            connection.close();
            return;
        }
        intake.restartClock(connection.loop().nowNanos());
        connection.inbox().watch(true);
        connection.becomeIdle();
    }

    /** What came while a request ran has its turn: requests in their order, then the bytes behind them. */
    private void takeTurns() {
        while (response == null && connection.isOpen() && !pipelined.isEmpty()) {
            Arrival next = pipelined.next(lease);
            if (next == null) {
                consume(pipelined.takeBytes());
                return;
            }
            act(next);
        }
        if (pipelined.hasBytes() && mayTakeMore()) {
            consume(pipelined.takeBytes());
        }
        if (connection.isOpen() && !pipelined.hasBytes() && !pipelined.endsWithRefusal()) {
            connection.inbox().watch(true); // at least until it is known whether the client is still there
        }
    }

    // ---- In the eyes of the connection -----------------------------------------------------------------------------

    @Override
    public boolean expectsMore() {
        return connection.isOpen() && intake.inRequest() && !isBusy();
    }

    @Override
    public boolean awaitsApplication() {
        return response != null && !response.hasEnded();
    }

    @Override
    public void sendAway() {
        sink.sendAway();
    }

    @Override
    public boolean isIdle() {
        return !isBusy() && !intake.inRequest();
    }

    @Override
    public Language language() {
        return Language.HTTP_1;
    }

    @Override
    public boolean hasServed() {
        return served;
    }

    @Override
    public void ended() {
        Response running = response;
        response = null;
        lease.close();
        pipelined.clear();
        intake.discard();
        if (running != null) {
            running.clientGone();
        }
    }
}
