package dev.waitress.channel;

import dev.waitress.buffer.Segment;
import dev.waitress.gateway.Peer;
import dev.waitress.gateway.Refusal;
import dev.waitress.gateway.Request;
import dev.waitress.gateway.RequestId;
import dev.waitress.gateway.Response;
import dev.waitress.gateway.ResponseSink;
import dev.waitress.http.Ascii;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
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
final class HttpChannel implements Connection, EventLoop.ReadyHandler, ResponseSink {
    private static final Logger LOG = System.getLogger("waitress");

    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

    /** As received, as an environ, and on its way to the application. */
    private static final int COPIES_OF_HEAD = 3;

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
    private final ReadAhead ahead = new ReadAhead();
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

    HttpChannel(EventLoop loop, ChannelHost host, SocketChannel socket, Peer peer) throws IOException {
        this.loop = loop;
        this.host = host;
        this.peer = peer;
        this.intake = new RequestIntake(host, peer);
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

    /** True if there may be more to read at once. */
    private boolean readOnce() {
        ByteBuffer in = loop.readBuffer();
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
        boolean full = !in.hasRemaining();
        lastActiveNanos = loop.nowNanos();
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
            endLingerIfOver(linger);
        } else if (ahead.hasBytes()) {
            ahead.keep(in);
            socket.watchInput(false);
        } else {
            consume(in);
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
            read(); // a request may have come in this very turn
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
        // A client may close its side and still wait for its answer.
        if (linger != null || response == null && output.isEmpty()) {
            close();
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
                ahead.add(arrival);
            } else {
                act(arrival);
            }
        }
        if (open && end == End.NONE && in.hasRemaining()) {
            ahead.keep(in);
            socket.watchInput(false);
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
            refuse(refused.rejection());
        } else {
            write(CONTINUE, 0, CONTINUE.length);
        }
    }

    private void submit(Request request) {
        Response answer = new Response(request, this, host.identity());
        response = answer;
        answer.observedBy(host.observer().accepted(request));
        served = true;
        if (hold(request)) {
            host.gateway().submit(request, answer);
        } else {
            drop(request.body());
            answer.refuse(Rule.NO_MEMORY.status(), Rule.NO_MEMORY.text(""));
        }
    }

    private boolean hold(Request request) {
        long needed = COPIES_OF_HEAD * (long) request.head().length();
        if (!host.memory().resize(0, needed)) {
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

    private void refuse(Rejection rejection) {
        LOG.log(
                Level.DEBUG,
                () -> "refused a request from " + peer.remoteAddress() + ": "
                        + rejection.rule().status().code() + " " + rejection.text());
        byte[] line = intake.firstLine();
        intake.discard();
        RequestId id = host.requestIds().next();
        int bodyBytes = Response.refuse(rejection, this, host.identity(), id);
        host.observer().refused(new Refusal(peer, line, intake.firstByteNanos(), rejection, bodyBytes, id));
        end = End.LINGER;
    }

    // ---- Sending ---------------------------------------------------------------------------------------------------

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (!open) {
            return;
        }
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
        output.add(segment);
        markDirty();
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
            end = ahead.isEmpty() ? End.CLOSE : End.LINGER;
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
        // A client that closed its side still gets the answers to all that it sent before.
        return inputEnded && ahead.isEmpty() || host.isDraining();
    }

    @Override
    public byte[] dateField() {
        return loop.dateField();
    }

    private void markDirty() {
        if (!dirty && open) {
            dirty = true;
            loop.markDirty(this);
        }
    }

    /** The end of a turn in which the channel was marked dirty. */
    void flush() {
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
                lastActiveNanos = loop.nowNanos();
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
        if (inputEnded || host.isDraining() && !intake.inRequest()) {
            close();
        } else {
            socket.watchInput(true);
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
            act(next);
        }
        if (ahead.hasBytes() && mayTakeMore()) {
            consume(ahead.takeBytes());
        }
        if (!inputEnded && mayTakeMore()) {
            socket.watchInput(true);
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

    private void endLingerIfOver(Linger lingering) {
        if (lingering.isOver(loop.nowNanos())) {
            close();
        }
    }

    // ---- Ending ----------------------------------------------------------------------------------------------------

    @Override
    public void closeIfIdle(long timeoutNanos) {
        boolean waitsForApplication = response != null && output.isEmpty();
        if (!waitsForApplication && loop.nowNanos() - lastActiveNanos > timeoutNanos) {
            disconnect();
        }
    }

    /** Refuses a request that has begun to arrive but comes too slowly; ends a linger whose time is over. */
    @Override
    public void enforce(Deadlines deadlines) {
        if (linger != null) {
            endLingerIfOver(linger);
            return;
        }
        RequestIntake.Arrival.Refused refused = isBusy() ? null : intake.refusedAsTooSlow(deadlines, loop.nowNanos());
        if (refused != null) {
            refuse(refused.rejection());
        }
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
