package dev.waitress.connection;

import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.http.Ascii;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.loop.EventLoop;
import dev.waitress.loop.Flushable;
import dev.waitress.net.ClientSocket;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection, from accept to close. Its requests are answered one at a time; what the client sends meanwhile
 * waits, in a bounded buffer and then in the kernel. Event loop only.
 */
final class HttpChannel implements Connection, EventLoop.ReadyHandler, Flushable, ResponseSink {
    private static final Logger LOG = System.getLogger("waitress");

    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

    /** Reads in a row, so that other channels have their turn. */
    private static final int MOST_READS = 16;

    /** A new client has this long before it counts as idle where connections are scarce. */
    static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum End {
        /** The connection lives on. */
        NONE,
        /** Closed when the output is sent. */
        CLOSE,
        /** As CLOSE, but the client may still be sending: read that away for a while, or it never sees the answer. */
        LINGER,
        /** Reset when the output is sent. */
        RESET
    }

    private final EventLoop loop;
    private final ChannelHost host;
    private final ClientSocket socket;
    private final Peer peer;
    private final RequestIntake intake;
    private final ReadAhead ahead;
    private final ClientOutput output;

    /** The answer being written; null while a request is awaited. */
    private @Nullable Response response;

    /** What its request takes up of the memory for all clients. */
    private long requestBytes;

    private End end = End.NONE;
    private boolean served;
    private boolean inputEnded;

    /** The end of the connection, once it has begun. */
    private @Nullable Linger linger;

    private boolean dirty;
    private boolean open = true;
    private long lastActiveNanos;

    /** Reads and writes that have moved something. */
    private long moves;

    HttpChannel(EventLoop loop, ChannelHost host, SocketChannel socket, Peer peer) throws IOException {
        this.loop = loop;
        this.host = host;
        this.peer = peer;
        this.intake = new RequestIntake(host, peer);
        this.ahead = new ReadAhead(host.memory());
        this.lastActiveNanos = loop.nowNanos();
        this.socket = new ClientSocket(socket, loop, this);
        this.output = new ClientOutput(loop, host, this.socket);
    }

    @Override
    public void ready(SelectionKey selected) {
        try {
            if (open && selected.isWritable()) {
                proceed();
            }
            if (open && selected.isReadable()) {
                read();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** A fault of ours costs one connection, never the loop. */
    private void failed(Throwable fault) {
        LOG.log(Level.ERROR, "uncaptured exception, closing channel " + peer.remoteAddress(), fault);
        disconnect();
    }

    // ---- Receiving -------------------------------------------------------------------------------------------------

    /** Reads on while a request is arriving faster than it is read: each turn of the loop has its price. */
    private void read() {
        int reads = 0;
        boolean full;
        do {
            full = readOnce();
        } while (full && ++reads < MOST_READS && intake.inRequest() && !isBusy());
    }

    /**
     * Takes in what has come, and sends what can leave. Before a client is judged: not it but this process may have
     * been at rest, and what the kernel holds already counts.
     */
    private void move() {
        try {
            if (!output.isEmpty()) {
                proceed();
            }
            if (open && socket.isInputWatched()) {
                read();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private boolean hasMoved() {
        long before = moves;
        move();
        return moves != before;
    }

    private void moved() {
        moves++;
        lastActiveNanos = loop.nowNanos();
    }

    /** True if there may be more to read at once. */
    private boolean readOnce() {
        ByteBuffer in = loop.resources().readBuffer();
        int count;
        try {
            count = socket.read(in);
        } catch (IOException e) {
            host.socketErrors().failed(e);
            disconnect();
            return false;
        }
        if (count < 0) {
            inputEnded();
            return false;
        }
        if (count == 0) {
            return false;
        }
        boolean full = !in.hasRemaining();
        moved();
        take(in.flip(), count);
        return full && open;
    }

    /** Takes what was read with the preface of the connection, in the loop's buffer. */
    void received(ByteBuffer in) {
        try {
            take(in, in.remaining());
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void take(ByteBuffer in, int count) {
        if (linger != null) {
            linger.discarded(count);
            if (linger.hasDiscardedEnough()) {
                close();
            }
        } else if (ahead.hasBytes()) {
            keep(in);
        } else {
            consume(in);
        }
    }

    /** For later; who sends on is made to wait. Behind a refusal nothing counts. */
    private void keep(ByteBuffer in) {
        socket.watchInput(false);
        if (!ahead.endsWithRefusal() && !ahead.keep(in)) {
            ahead.add(intake.refusedForWantOfMemory(loop.nowNanos()));
        }
    }

    @Override
    public boolean isIdle() {
        return !isBusy() && !intake.inRequest() && linger == null;
    }

    @Override
    public boolean canGiveWay() {
        return isIdle() && (served || loop.nowNanos() - lastActiveNanos > FIRST_WORD_NANOS);
    }

    @Override
    public void giveWay() {
        if (isIdle()) {
            move(); // a request may have come in this very turn
        }
        if (isIdle()) {
            close();
        }
    }

    @Override
    public long lastActiveNanos() {
        return lastActiveNanos;
    }

    @Override
    public String remoteAddress() {
        return peer.remoteAddress();
    }

    private boolean isBusy() {
        return response != null || end != End.NONE || !output.isEmpty() || !ahead.isEmpty();
    }

    private void inputEnded() {
        inputEnded = true;
        socket.watchInput(false);
        if (response != null) {
            tellOfEnd(response);
        }
        // A client may close its side and still wait for its answer.
        if (linger != null || response == null && output.isEmpty()) {
            close();
        }
    }

    /** With a lookahead the application is told, as by Waitress: it may end what nobody might read any more. */
    private void tellOfEnd(Response running) {
        if (host.lookahead() > 0) {
            running.clientClosed();
        }
    }

    /**
     * Takes requests as far as they may come before their turn; bytes beyond that are kept, and the rest of what the
     * client sends is left to the kernel.
     */
    private void consume(ByteBuffer in) {
        while (mayTakeMore()) {
            RequestIntake.Arrival arrival = intake.take(in, loop.nowNanos());
            if (arrival == null) {
                return;
            }
            if (isBusy()) {
                letWait(arrival);
            } else {
                act(arrival);
            }
        }
        if (open && end == End.NONE && in.hasRemaining()) {
            keep(in);
        }
    }

    private void letWait(RequestIntake.Arrival arrival) {
        if (!ahead.add(arrival) && arrival instanceof RequestIntake.Arrival.Complete complete) {
            ReadAhead.discard(complete);
            ahead.add(RequestIntake.Arrival.Refused.forWantOfMemory(complete.request()));
        }
    }

    private boolean mayTakeMore() {
        return open
                && end == End.NONE
                && (!isBusy() || ahead.requests() < host.lookahead() && !ahead.endsWithRefusal());
    }

    private void act(RequestIntake.Arrival arrival) {
        if (arrival instanceof RequestIntake.Arrival.Complete complete) {
            submit(complete.request());
        } else if (arrival instanceof RequestIntake.Arrival.Refused refused) {
            refuse(refused);
        } else {
            write(CONTINUE, 0, CONTINUE.length);
        }
    }

    private void submit(Request request) {
        Response answer = new Response(request, this, host.identity());
        response = answer;
        answer.observedBy(host.observer().accepted(request));
        served = true;
        if (inputEnded) {
            tellOfEnd(answer);
        }
        if (hold(request)) {
            host.gateway().submit(request, answer);
        } else {
            drop(request.body());
            answer.refuse(Rule.NO_MEMORY.status(), Rule.NO_MEMORY.text(""));
        }
    }

    private boolean hold(Request request) {
        long needed = request.memoryBytes();
        // Who waited for its turn has its share already.
        if (!host.memory().resize(requestBytes, needed)) {
            return false;
        }
        requestBytes = needed;
        return true;
    }

    /** The request is answered, or nobody waits for that. */
    private void release() {
        response = null;
        host.memory().release(requestBytes);
        requestBytes = 0;
    }

    private void refuse(RequestIntake.Arrival.Refused refused) {
        Rejection rejection = refused.rejection();
        LOG.log(
                Level.DEBUG,
                () -> "refused a request from " + peer.remoteAddress() + ": "
                        + rejection.rule().status().code() + " " + rejection.text());
        RequestId id = host.requestIds().next();
        int bodyBytes = Response.refuse(rejection, this, host.identity(), id);
        host.observer().refused(new Refusal(peer, refused.line(), refused.firstByteNanos(), rejection, bodyBytes, id));
        end = End.LINGER;
    }

    // ---- Sending ---------------------------------------------------------------------------------------------------

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (!open) {
            return;
        }
        outputBegins();
        try {
            output.add(bytes, offset, length);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot store output for a slow client, connection cut", e);
            disconnect();
            return;
        }
        markDirty();
    }

    @Override
    public void write(Segment segment) {
        if (!open) {
            drop(segment);
            return;
        }
        outputBegins();
        output.add(segment);
        markDirty();
    }

    /** From now on it is the client's turn to move; what it is slow to read of it counts against it. */
    private void outputBegins() {
        if (output.isEmpty()) {
            lastActiveNanos = loop.nowNanos();
        }
    }

    private static void drop(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back output that nobody reads", e);
        }
    }

    @Override
    public void ended(boolean reusable) {
        release();
        if (!reusable && end == End.NONE) {
            end = ahead.isEmpty() && socket.isInputWatched() ? End.CLOSE : End.LINGER;
        }
        markDirty();
    }

    @Override
    public void cut(boolean reset) {
        release();
        end = reset ? End.RESET : End.CLOSE;
        markDirty();
    }

    @Override
    public boolean isClosing() {
        // A client that closed its side, or the server's end, leaves no request unanswered that has been received.
        return ahead.isEmpty() && (inputEnded || host.isDraining());
    }

    @Override
    public byte[] dateField() {
        return loop.resources().dateField();
    }

    private void markDirty() {
        if (!dirty && open) {
            dirty = true;
            loop.markDirty(this);
        }
    }

    /** The end of a turn in which the channel was marked dirty. */
    @Override
    public void flush() {
        try {
            proceed();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Sends what the socket takes, and goes on with what waited for that. */
    private void proceed() {
        dirty = false;
        if (!open || !send()) {
            return;
        }
        if (response == null && output.isEmpty()) {
            answered();
        }
    }

    private boolean send() {
        try {
            if (output.send() > 0) {
                moved();
            }
        } catch (EOFException e) {
            LOG.log(Level.ERROR, "connection cut: " + e.getMessage());
            disconnect();
            return false;
        } catch (IOException e) {
            host.socketErrors().failed(e);
            disconnect();
            return false;
        }
        if (response != null) {
            response.flushed(output.size());
        }
        return true;
    }

    private void answered() {
        if (end != End.NONE) {
            finish();
            return;
        }
        takeTurns();
        if (response != null || end != End.NONE || !open) {
            return;
        }
        if (inputEnded) {
            close();
            return;
        }
        intake.restartClock(loop.nowNanos());
        socket.watchInput(true);
        if (host.isDraining()) {
            giveWay();
        } else {
            host.roomMayBeThere();
        }
    }

    /** What came while a request ran has its turn: requests in their order, then the bytes behind them. */
    private void takeTurns() {
        while (response == null && end == End.NONE && open && !ahead.isEmpty()) {
            RequestIntake.Arrival next = ahead.next();
            if (next == null) {
                consume(ahead.takeBytes());
                return;
            }
            requestBytes = ReadAhead.memoryOf(next);
            act(next);
        }
        if (ahead.hasBytes() && mayTakeMore()) {
            consume(ahead.takeBytes());
        }
        if (open && end == End.NONE && !inputEnded && !ahead.hasBytes() && !ahead.endsWithRefusal()) {
            socket.watchInput(true); // at least until it is known whether the client is still there
        }
    }

    private void finish() {
        if (end == End.RESET) {
            socket.resetOnClose();
        }
        if (end == End.LINGER && !inputEnded) {
            linger();
        } else {
            close();
        }
    }

    private void linger() {
        if (linger != null) {
            return;
        }
        if (!socket.shutDownOutput()) {
            close();
            return;
        }
        linger = new Linger(loop.nowNanos());
        ahead.clear();
        socket.watchInput(true);
    }

    /** What is left unread at the end would reset the connection under the answer. */
    private void endLinger() {
        boolean full = true;
        while (full && open) {
            full = readOnce();
        }
        close();
    }

    // ---- Ending ----------------------------------------------------------------------------------------------------

    @Override
    public void closeIfIdle(long nowNanos, long timeoutNanos) {
        boolean waitsForApplication = response != null && output.isEmpty();
        if (!waitsForApplication && nowNanos - lastActiveNanos > timeoutNanos && !hasMoved()) {
            disconnect();
        }
    }

    /** Refuses a request that has begun to arrive but comes too slowly; ends a linger whose time is over. */
    @Override
    public void enforce(long nowNanos, Deadlines deadlines) {
        if (linger != null) {
            if (linger.isOver(nowNanos)) {
                endLinger();
            }
            return;
        }
        if (ruleBroken(nowNanos, deadlines) != null) {
            move();
        }
        Rule broken = ruleBroken(nowNanos, deadlines);
        if (broken != null) {
            refuse(intake.refused(broken));
        }
    }

    private @Nullable Rule ruleBroken(long nowNanos, Deadlines deadlines) {
        return !open || isBusy() ? null : intake.ruleBroken(nowNanos, deadlines);
    }

    @Override
    public void disconnect() {
        Response running = response;
        close();
        if (running != null) {
            running.clientGone();
        }
    }

    private void close() {
        if (!open) {
            return;
        }
        open = false;
        release();
        ahead.clear();
        intake.discard();
        drop(output);
        try {
            socket.close();
        } catch (IOException e) {
            host.socketErrors().failed(e);
        }
        host.closed(this);
    }
}
