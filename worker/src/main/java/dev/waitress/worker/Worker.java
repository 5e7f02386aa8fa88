package dev.waitress.worker;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.http.Printable;
import dev.waitress.http.Status;
import dev.waitress.loop.TurnTaker;
import dev.waitress.worker.wire.Batch;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker process as the front sees it: its sockets, the requests that it holds, and how quickly it answers. Event
 * loop only.
 *
 * <pre>
 *             READY is said        is told to serve           is retired        holds no request: quits
 *   STARTING ──────────────► READY ────────────────► SERVING ───────────► DRAINING ────────────────► GONE
 * </pre>
 *
 * One that is retired before it serves is DRAINING too, and quits at once. From everywhere it is GONE when its process
 * ends.
 */
final class Worker {
    private static final Logger LOG = System.getLogger("waitress");

    enum State {
        STARTING,
        READY,
        SERVING,
        DRAINING,
        GONE
    }

    private final WorkerGateway gateway;
    final int number;
    final WorkerProcess process;
    private final String name;
    private final BegunBoard board;
    private final int threads;
    private final Pace pace;
    private final InFlight inFlight = new InFlight();
    final ControlWriter orders = new ControlWriter();

    private State state = State.STARTING;
    private boolean served;
    private boolean retired;
    private @Nullable FrameSocket requests;
    private final AnswerReader answers = new AnswerReader(this);
    private @Nullable FrameSocket control;
    private Batch batch;

    private boolean recalling;
    private WorkerFiles files = WorkerFiles.NONE;

    Worker(WorkerGateway gateway, int number, WorkerProcess process, BegunBoard board) {
        this.gateway = gateway;
        this.number = number;
        this.process = process;
        this.name = number + "/" + process.pid();
        this.board = board;
        this.threads = gateway.config().threads();
        this.pace = new Pace(threads);
        this.batch = gateway.takeBatch();
    }

    // ---- Life ------------------------------------------------------------------------------------------------------

    /** One of its sockets has arrived; with both it is told what to serve. */
    void attach(WorkerDoor.Introduction introduction, FrameSocket socket) throws IOException {
        String purpose = introduction.purpose();
        if (purpose.equals("leash")) {
            process.hold(socket.release());
        } else if (purpose.equals("requests") && requests == null) {
            requests = socket;
            socket.handOver(answers);
        } else if (purpose.equals("control") && control == null) {
            control = socket;
            orders.sendOn(socket);
            socket.handOver(new ControlReader(this));
        } else {
            throw new IllegalArgumentException("a second socket for " + purpose);
        }
        if (requests != null && control != null && !purpose.equals("leash")) {
            files = WorkerFiles.of(process, introduction.pid());
            control.sendFrame(gateway.workerSettings(this, board.path()));
        }
    }

    void ready() {
        if (state == State.STARTING) {
            state = State.READY;
            gateway.recruiter().ready(this);
        }
    }

    /** What it may have us open. */
    WorkerFiles files() {
        return files;
    }

    /** From now on it is given requests. */
    void serve() {
        state = State.SERVING;
        served = true;
    }

    /** Whether it was ever given requests. */
    boolean hasServed() {
        return served;
    }

    /** From now on it is given no requests; it quits as soon as it holds none, which others may take off it. */
    void retire() {
        if (retired || state == State.GONE) {
            return;
        }
        retired = true;
        state = State.DRAINING;
        if (inFlight.size() > 0) {
            recall();
            gateway.schedule(gateway.drainNanos(), this::endDraining);
        }
        quitIfDrained();
    }

    boolean isRetired() {
        return retired;
    }

    private void quitIfDrained() {
        if (state == State.DRAINING && inFlight.size() == 0) {
            quit();
            gateway.endSoon(process);
        }
    }

    private void endDraining() {
        if (state == State.DRAINING && inFlight.size() > 0) {
            LOG.log(Level.WARNING, "worker " + process.pid() + " was replaced, but its requests do not end");
            process.kill();
        }
    }

    void imported(Instant since, List<Path> files) {
        gateway.recruiter().imported(since, files);
    }

    void asksForTheEnd() {
        gateway.asksForTheEnd();
    }

    void ownsLogging(int level) {
        gateway.ownsLogging(level);
    }

    void failed(String text, String traceback, int exitStatus) {
        gateway.recruiter().failed(this, new WorkerFailedException(text, traceback, exitStatus));
    }

    /** A socket ended or broke, or what came on it made no sense. */
    void lost(@Nullable Throwable failure) {
        if (state == State.GONE) {
            return;
        }
        if (failure == null || failure instanceof IOException) {
            gateway.endSoon(process);
            receiveLast();
            gone();
            return;
        }
        closeSockets(); // before anything else: there may be no memory but what they hold
        String reason = failure instanceof IllegalArgumentException
                ? " broke the protocol: " + failure.getMessage()
                : " is ended, what it said cannot be taken in: " + failure;
        LOG.log(Level.ERROR, "worker " + process.pid() + Printable.of(reason));
        process.kill();
        gone();
    }

    /** Takes in what it said before it ended. */
    void receiveLast() {
        if (requests != null) {
            requests.receiveLast();
        }
        if (control != null) {
            control.receiveLast();
        }
    }

    /**
     * The process is no more. What it was running is answered with 502; what it had not begun goes to another worker.
     */
    void gone() {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        orders.end();
        closeSockets();
        answers.close();
        int begun = board.lastBegun(inFlight.lastId());
        List<WaitingRequest> unbegun = new ArrayList<>();
        int lost = 0;
        for (HeldRequest exchange : inFlight.inOrder()) {
            if (InFlight.isBegun(exchange.id, begun)) {
                lost += exchange.response.hasEnded() ? 0 : 1;
                exchange.response.refuse(
                        Status.BAD_GATEWAY, "The worker process that ran the application ended unexpectedly");
                finished(exchange);
            } else {
                unbegun.add(takeBack(exchange));
            }
        }
        board.close();
        gateway.gone(this, lost, unbegun);
    }

    private void closeSockets() {
        if (requests != null) {
            requests.close();
        }
        if (control != null) {
            control.close();
        }
    }

    /** {@code NUMBER/PID}. */
    String name() {
        return name;
    }

    long nowNanos() {
        return gateway.nowNanos();
    }

    boolean isStarting() {
        return state == State.STARTING;
    }

    boolean isReady() {
        return state == State.READY;
    }

    boolean isServing() {
        return state == State.SERVING;
    }

    boolean isGone() {
        return state == State.GONE;
    }

    void quit() {
        if (control == null) {
            process.kill();
        } else {
            orders.quit();
        }
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    /** How many more requests it may be given now. */
    int room() {
        return isServing() && !inFlight.isFull() ? pace.most() - inFlight.size() : 0;
    }

    int load() {
        return inFlight.size();
    }

    @Nullable
    HeldRequest find(int id) {
        return inFlight.find(id);
    }

    /** Whether it was ever given a request of this id. */
    boolean wasGiven(int id) {
        return id > 0 && InFlight.isBegun(id, inFlight.lastId());
    }

    /** Who tells of odd statuses. */
    UnknownStatuses unknownStatuses() {
        return gateway.unknownStatuses();
    }

    /** The batch to encode the next request into. */
    MarshalWriter encoder() {
        return batch.writer;
    }

    int nextId() {
        return inFlight.nextId();
    }

    /** A request was encoded into the batch, from {@code start} on; it is sent at the next {@link #flush}. */
    void add(int id, int start, Response response, BodyBuffer body) {
        if (inFlight.size() == 0 || pace.isStalled() && !hasUnbegun()) {
            pace.begins(gateway.nowNanos());
        }
        batch.added();
        inFlight.add(new HeldRequest(id, this, response, body, batch, start, batch.writer.length()));
        if (RequestEncoder.isRaw(body)) {
            flush(body);
        }
    }

    /** A request that was encoded before. */
    void add(WaitingRequest pending) {
        int start = batch.writer.length();
        int id = nextId();
        batch.writer.raw(pending.encoded(), 0, pending.encoded().length);
        batch.writer.patch(start + WaitingRequest.ID, id);
        add(id, start, pending.response(), pending.body());
    }

    /** Sends what has been added. */
    void flush() {
        flush(BodyBuffer.EMPTY);
    }

    /** The same with the raw bytes that belong to the request added last. */
    private void flush(BodyBuffer raw) {
        if (batch.isEmpty() || requests == null) {
            return;
        }
        Batch full = batch;
        batch = gateway.takeBatch();
        full.finish();
        requests.send(full.writer.bytes(), 0, full.writer.length());
        if (raw.size() > 0) {
            requests.send(raw.memory(), 0, (int) raw.size());
        }
        requests.flush();
    }

    /** Takes in its answers and messages. */
    void receive() {
        if (requests != null) {
            requests.receive();
        }
        if (control != null) {
            control.receive();
        }
    }

    /** The worker does not hold this request any more. */
    void finished(HeldRequest exchange) {
        inFlight.remove(exchange);
        gateway.release(exchange);
        try {
            exchange.body().close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove a spooled request body", e);
        }
        quitIfDrained();
    }

    private WaitingRequest takeBack(HeldRequest exchange) {
        WaitingRequest pending = exchange.pending();
        inFlight.remove(exchange);
        gateway.release(exchange);
        return pending;
    }

    void recalled(int[] ids) {
        recalling = false;
        List<WaitingRequest> unbegun = new ArrayList<>();
        for (int id : ids) {
            HeldRequest exchange = inFlight.find(id);
            if (exchange == null) {
                throw new IllegalArgumentException("gave back a request that it does not hold");
            }
            unbegun.add(takeBack(exchange));
        }
        gateway.dispatcher().requeue(unbegun);
        if (ids.length > 0) {
            quitIfDrained();
        }
    }

    // ---- Pace ------------------------------------------------------------------------------------------------------

    /** AnswerReader have come. */
    void answered() {
        pace.answered(gateway.nowNanos());
    }

    /**
     * Looks whether it stalls, and lets another of its threads go on if so.
     *
     * @return nanoseconds after which to look again
     */
    long watch(long nowNanos) {
        if (inFlight.size() == 0) {
            return TurnTaker.NO_DEADLINE;
        }
        // One takeover sends what is ready; more are of use only to requests that have not begun.
        if (pace.isStalled() && !hasUnbegun()) {
            return TurnTaker.NO_DEADLINE;
        }
        long left = pace.left(nowNanos);
        if (left > 0) {
            return left;
        }
        pace.stalled(nowNanos);
        orders.takeover();
        if (inFlight.size() > threads && gateway.dispatcher().hasRoomBeside(this)) {
            recall();
        }
        return pace.patienceNanos();
    }

    private void recall() {
        if (!recalling) {
            recalling = true;
            orders.recall();
        }
    }

    private boolean hasUnbegun() {
        return inFlight.size() > 0 && !InFlight.isBegun(inFlight.lastId(), board.lastBegun(inFlight.lastId()));
    }

    /** Bytes of a response that must have left for the client before the worker is told. */
    long creditStep() {
        return gateway.creditStep();
    }

    /** Hands it a log record; false if it cannot take it. */
    boolean log(LogLine line) {
        return isServing() && orders.log(line);
    }
}
