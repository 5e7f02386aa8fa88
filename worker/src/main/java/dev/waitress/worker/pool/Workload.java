package dev.waitress.worker.pool;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.Response;
import dev.waitress.loop.Timers;
import dev.waitress.loop.TurnTaker;
import dev.waitress.meter.WorkerMeter;
import dev.waitress.worker.wire.AnswerReader;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.EnvironTemplate;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.QueueMark;
import dev.waitress.worker.wire.RequestEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one worker holds: how they get to it, where its answers go, and how many it can take. Event loop
 * only.
 */
final class Workload implements AnswerReader.Listener {
    /** Who is told what becomes of the worker by what it does with its requests. */
    interface Listener extends TimeLimit.Listener {
        /** It does not get on, and holds more than its threads can have begun. */
        void overloaded();

        /** Its socket ended or broke, or what came on it made no sense. */
        void lost(@Nullable Throwable failure);
    }

    private final Listener listener;
    private final Timers timers;
    private final Batches batches;
    private final WorkerBoard board;
    private final WorkerTerms terms;
    private final ControlWriter control;
    private final Handover handover = new Handover();
    private final HeldRequest.Holder holder;
    private final LateAnswer late;
    private final Pace pace;
    private final AnswerReader answers;
    private final InFlight inFlight = new InFlight();
    private final OpenBatch batch;
    private final TimeLimit limit;
    /** How many requests it is to answer; 0 for no limit. */
    private final long mostRequests;

    private long answered;

    /** How many responses are on their way piece by piece. */
    private int streaming;

    /** It was asked to give back what it has not begun, and has not answered yet. */
    private boolean isRecalled;

    Workload(
            int number,
            WorkerProcess process,
            WorkerTerms terms,
            Timers timers,
            Batches batches,
            WorkerBoard board,
            ControlWriter control,
            Listener listener) {
        this.listener = listener;
        this.timers = timers;
        this.batches = batches;
        this.board = board;
        this.terms = terms;
        this.control = control;
        this.holder = new HeldRequest.Holder(
                number,
                process,
                terms.creditStep(),
                control,
                handover,
                terms.statuses(),
                () -> streaming++,
                this::answered);
        this.late = new LateAnswer(control, handover);
        this.answers = new AnswerReader(this, handover, new WorkerMeter(terms.meter(), process::pid));
        this.pace = new Pace(terms.threads(), terms.tally());
        this.mostRequests = terms.wear().requests(ThreadLocalRandom.current());
        this.batch = new OpenBatch(batches);
        this.limit = new TimeLimit(process, terms.limit(), timers, board, inFlight, control, listener);
    }

    /** The socket for requests is there. */
    void sendOn(FrameLink requests) {
        batch.sendOn(requests);
        requests.handOver(answers);
    }

    /** What the worker hands over instead of bytes. */
    Handover handover() {
        return handover;
    }

    // ---- Requests on their way to the worker -----------------------------------------------------------------------

    /** How many more requests it may be given now. */
    int room() {
        return inFlight.isFull() ? 0 : pace.most() - busy();
    }

    int size() {
        return inFlight.size();
    }

    /** Those that take up its threads: the worker has others for responses that are on their way. */
    int busy() {
        return inFlight.size() - Math.min(streaming, terms.streamThreads());
    }

    /** Whether it holds nothing that anybody waits for. */
    boolean isIdle() {
        return limit.isIdle();
    }

    /** What requests that take too long run into. */
    TimeLimit limit() {
        return limit;
    }

    MarshalWriter encoder() {
        return batch.writer();
    }

    int nextId() {
        return inFlight.nextId();
    }

    /** A request was encoded into the batch, from {@code start} on; it is sent at the next {@link #flush}. */
    void add(
            int id,
            int start,
            @Nullable EnvironTemplate template,
            Response response,
            BodyBuffer body,
            long arrivedNanos) {
        long nowNanos = timers.nowNanos();
        if (inFlight.size() == 0) {
            pace.begins(nowNanos);
        }
        int end = encoder().length();
        EncodedPlace place = new EncodedPlace(batch.added(template), start, end, template);
        inFlight.add(new HeldRequest(id, holder, response, body, place, arrivedNanos, nowNanos));
        if (RequestEncoder.isRaw(body)) {
            batch.flush(body);
        }
    }

    /** A request that was encoded before; others wait still. */
    void add(WaitingRequest waiting, int others) {
        int start = encoder().length();
        int id = nextId();
        QueueMark.write(waiting.encoded(), timers.nowNanos() - waiting.arrivedNanos(), others, encoder());
        encoder().patch(start + WaitingRequest.ID, id);
        add(id, start, null, waiting.response(), waiting.body(), waiting.arrivedNanos());
    }

    /** Sends what has been added. */
    void flush() {
        batch.flush(BodyBuffer.EMPTY);
    }

    // ---- Answers ---------------------------------------------------------------------------------------------------

    /** If that was in time, it may be given more at once. */
    @Override
    public void answered() {
        pace.answered(timers.nowNanos());
        handover.giveBack();
    }

    @Override
    public AnswerReader.Target targetOf(int id) {
        HeldRequest held = inFlight.find(id);
        if (held != null) {
            return held;
        }
        if (id > 0 && InFlight.isBegun(id, inFlight.lastId())) {
            return late.of(id);
        }
        throw new IllegalArgumentException("an answer to a request that nobody made");
    }

    @Override
    public void lost(@Nullable Throwable failure) {
        listener.lost(failure);
    }

    private void answered(HeldRequest held) {
        if (++answered == mostRequests) {
            listener.worn(Worn.byRequests(answered));
        }
        finished(held);
    }

    /** Where a request is that was asked for, if it is not over. */
    void located(int id, String stack) {
        HeldRequest held = inFlight.find(id);
        if (held != null) {
            held.located(stack);
        }
    }

    long countAnswered() {
        return answered;
    }

    /** What the worker's threads do with them. */
    Occupations occupations() {
        return new Occupations(inFlight, board, timers.nowNanos());
    }

    /** It is answered, by whomever. */
    private void finished(HeldRequest held) {
        remove(held);
        held.body().discard();
        if (isIdle()) {
            listener.idle();
        }
    }

    private void remove(HeldRequest held) {
        inFlight.remove(held);
        streaming -= held.isStreaming() ? 1 : 0;
        limit.forget(held);
        held.place().release(batches);
    }

    // ---- Requests that come back -----------------------------------------------------------------------------------

    /**
     * Looks whether the worker stalls, and lets another of its threads go on if so.
     *
     * @return nanoseconds after which to look again
     */
    long watch(long nowNanos) {
        if (inFlight.size() == 0) {
            return TurnTaker.NO_DEADLINE;
        }
        limit.watch();
        // One takeover sends what is ready; more are of use only to requests that have not begun.
        if (pace.isStalled() && !board.hasUnbegun(inFlight.lastId())) {
            return TurnTaker.NO_DEADLINE;
        }
        long left = pace.left(nowNanos);
        if (left > 0) {
            return left;
        }
        pace.stalled(nowNanos);
        control.takeover();
        if (busy() > terms.threads()) {
            listener.overloaded();
        }
        return pace.patienceNanos();
    }

    /** Asks the worker for what it has not begun; what is not sent yet goes first, perhaps nobody reads it later. */
    void recall() {
        if (!isRecalled) {
            isRecalled = true;
            flush();
            control.recall();
        }
    }

    /** The worker has given these back. */
    List<WaitingRequest> recalled(int[] ids) {
        isRecalled = false;
        List<WaitingRequest> unbegun = new ArrayList<>();
        for (int id : ids) {
            HeldRequest held = inFlight.find(id);
            if (held == null) {
                throw new IllegalArgumentException("gave back a request that it does not hold");
            }
            unbegun.add(held.takeBack());
            remove(held);
        }
        return unbegun;
    }

    /**
     * The worker is dead: what it was running is answered with 502, or given back where it may run again; what it had
     * not begun is given back. Its last words may be known already: those are taken for late ones.
     */
    Remains end() {
        limit.end();
        board.tellLastWords(answers);
        answers.end();
        handover.close();
        int begun = board.lastBegun(inFlight.lastId());
        return Remains.of(inFlight.inOrder(), begun, terms.retries(), this::remove, this::finished);
    }
}
