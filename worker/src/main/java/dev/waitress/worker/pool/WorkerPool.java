package dev.waitress.worker.pool;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Readiness;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.Tally;
import dev.waitress.loop.Timers;
import dev.waitress.loop.TurnTaker;
import dev.waitress.meter.Meter;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The workers of one loop, and the requests that they hold or that wait for them. Event loop only. */
public final class WorkerPool implements TurnTaker {
    private static final Logger LOG = System.getLogger("waitress");

    private final WorkerTerms terms;
    private final Timers timers;
    private final WorkerListener listener;
    private final List<Worker> workers = new ArrayList<>();
    private final Batches batches = new Batches();
    private final Dispatcher dispatcher;

    /**
     * A pool without workers yet.
     *
     * @param mostServing how many are to serve
     * @param listener told how they get on; it calls back {@link #overloaded}, {@link #requeue} and {@link #remove}
     */
    public WorkerPool(
            WorkerTerms terms, int mostServing, RequestEncoder encoder, Timers timers, WorkerListener listener) {
        this.terms = terms;
        this.timers = timers;
        this.listener = listener;
        this.dispatcher = new Dispatcher(workers, mostServing, terms, encoder);
    }

    // ---- Workers ---------------------------------------------------------------------------------------------------

    /** A worker has begun to start. */
    public Worker add(int number, WorkerProcess process, WorkerBoard board) {
        Worker worker = new Worker(number, process, board, terms, timers, batches, listener);
        workers.add(worker);
        return worker;
    }

    /** The worker of this number, if it is alive. */
    public @Nullable Worker find(int number) {
        for (Worker worker : workers) {
            if (worker.number() == number) {
                return worker;
            }
        }
        return null;
    }

    /** A worker is dead: others take over what it had not begun, and what may run once more. */
    public void remove(Worker worker, Remains remains) {
        workers.remove(worker);
        remains.lost().forEach(request -> terms.tally().count(Tally.Incident.REQUEST_LOST));
        remains.repeated().forEach(request -> terms.tally().count(Tally.Incident.REQUEST_REPEATED));
        String lost = "worker " + worker.pid() + " was lost while it ran ";
        if (!remains.lost().isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    lost + Remains.count(remains.lost())
                            + ", answered with 502: what was done there may have taken effect "
                            + Remains.names(remains.lost()));
        }
        if (!remains.repeated().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    lost + Remains.count(remains.repeated()) + ", of which nothing was sent: once more "
                            + Remains.names(remains.repeated()));
        }
        requeue(remains.back());
    }

    /** All are to end. */
    public void quit() {
        List.copyOf(workers).forEach(Worker::quit);
    }

    /** What happens to them. */
    public Tally tally() {
        return terms.tally();
    }

    /** What the application counts in them. */
    public Meter meter() {
        return terms.meter();
    }

    /** Hands a log record to the logging of one of them; false if none can take it. */
    public boolean log(Consumer<MarshalWriter> record) {
        return workers.stream().anyMatch(worker -> worker.log(record));
    }

    /** Finds out what they do now, if {@code withStacks} also by asking them. */
    public void inspect(boolean withStacks, Consumer<Inspection> told) {
        Inquiry inquiry = new Inquiry(workers, dispatcher.countWaiting(), terms.tally(), timers, told);
        if (withStacks) {
            inquiry.ask();
        } else {
            inquiry.tell();
        }
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    /** Whether requests are taken in. */
    public Intake intake() {
        return dispatcher;
    }

    /** Whether a worker would answer one. */
    public Readiness readiness() {
        return dispatcher;
    }

    /** A worker answers it, now or when there is room. */
    public void submit(Request request, Response response) {
        dispatcher.submit(request, response, timers.nowNanos());
    }

    /** Puts requests that a worker had not begun where they were: before all that came later. */
    public void requeue(List<WaitingRequest> unbegun) {
        dispatcher.requeue(unbegun);
    }

    /** A worker does not get on: what it has not begun may be for another one, or for nobody. */
    public void overloaded(Worker busy) {
        if (dispatcher.wantsBack(busy)) {
            busy.workload().recall();
        }
    }

    @Override
    public void act(long nowNanos) {
        flush();
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).receive();
        }
    }

    @Override
    public long settle(long nowNanos) {
        dispatcher.dispatchWaiting();
        long next = dispatcher.refuseLate(nowNanos);
        flush();
        for (int i = 0; i < workers.size(); i++) {
            next = Math.min(next, workers.get(i).workload().watch(nowNanos));
        }
        return next;
    }

    private void flush() {
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).workload().flush();
        }
    }
}
