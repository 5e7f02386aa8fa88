package dev.waitress.worker.pool;

import dev.waitress.exchange.QueueDepth;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.Readiness;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.loop.TurnTaker;
import dev.waitress.worker.wire.EnvironTemplate;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives each request to the worker that is least busy; those that find none wait, or are refused. Event loop only. */
final class Dispatcher implements Intake, Readiness {
    private static final List<String> NOBODY = List.of("no worker serves");
    private static final List<String> SILENCE = List.of("no worker answers");

    /** Changed by their pool, as they come and go. */
    private final List<Worker> workers;

    private int mostServing;
    private final int threads;
    private final QueueStart start;
    private final QueueLimits limits;
    private final RequestEncoder encoder;
    private final MarshalWriter scratch = new MarshalWriter(1024);
    private final Deque<WaitingRequest> waiting = new ArrayDeque<>();
    private final QueueDepth queueDepth = new QueueDepth();

    /** Why nobody answers, and nobody will until something changes; empty if requests are taken, or wait. */
    private String suspended = "";

    /**
     * Gives requests to some workers.
     *
     * @param mostServing how many of them are to serve
     * @param terms of each
     */
    Dispatcher(List<Worker> workers, int mostServing, WorkerTerms terms, RequestEncoder encoder) {
        this.workers = workers;
        this.mostServing = mostServing;
        this.threads = terms.threads();
        this.start = terms.start();
        this.limits = terms.queue();
        this.encoder = encoder;
    }

    void submit(Request request, Response response, long nowNanos) {
        if (isSuspended()) {
            WaitingRequest.close(request.body());
            response.postpone(suspended);
            return;
        }
        long waitedNanos = start.waitedNanos(request);
        Worker worker = waiting.isEmpty() ? leastBusy() : null;
        if (isFull(worker) || limits.areOver(waitedNanos)) {
            request.body().discard();
            response.postpone();
            return;
        }
        if (worker == null || waitedNanos > 0) {
            scratch.clear();
            encoder.encode(0, request, scratch);
            byte[] encoded = scratch.toByteArray();
            place(worker, new WaitingRequest(response, request.body(), encoded, nowNanos - waitedNanos), nowNanos);
            return;
        }
        Workload workload = worker.workload();
        int start = workload.encoder().length();
        int id = workload.nextId();
        EnvironTemplate template = encoder.encodeBriefly(id, request, workload.encoder());
        workload.add(id, start, template, response, request.body(), nowNanos);
    }

    /** Gives one to a worker; it waits where there is none. */
    private void place(@Nullable Worker worker, WaitingRequest arrived, long nowNanos) {
        if (worker == null) {
            waiting.add(arrived);
            queueDepth.arrived(waiting.size() - threadsToCome(), nowNanos);
        } else {
            worker.workload().add(arrived, 0);
        }
    }

    /** Whether a request may not wait; one that this worker has a thread for need not. */
    private boolean isFull(@Nullable Worker worker) {
        boolean wouldWait = worker == null || worker.workload().busy() >= threads;
        if (!limits.haveMost() || !wouldWait || !limits.areReachedBy(unbegun())) {
            return false;
        }
        waiting.removeIf(each -> each.response().hasEnded()); // their clients have left
        return limits.areReachedBy(unbegun());
    }

    /** Requests that no worker has been given; their clients may have left. */
    int countWaiting() {
        return waiting.size();
    }

    /** Requests that no thread has begun, as far as is known. */
    private int unbegun() {
        int unbegun = waiting.size();
        for (Worker each : workers) {
            unbegun += Math.max(0, each.workload().busy() - threads);
        }
        return unbegun;
    }

    /** Threads of workers that are still on their way: each takes one of those that wait. */
    private int threadsToCome() {
        int serving = 0;
        for (Worker worker : workers) {
            serving += worker.isServing() ? 1 : 0;
        }
        return Math.max(0, mostServing - serving) * threads;
    }

    private @Nullable Worker leastBusy() {
        Worker best = null;
        for (Worker worker : workers) {
            if (worker.room() > 0
                    && (best == null
                            || worker.workload().size() < best.workload().size())) {
                best = worker;
            }
        }
        return best;
    }

    /**
     * Whether somebody else could run what a worker has not begun, or nobody should once it has waited for too long.
     */
    boolean wantsBack(Worker busy) {
        return limits.haveTimeout() || workers.stream().anyMatch(worker -> worker != busy && worker.room() > 0);
    }

    /** Puts requests that a worker gave back where they were: before all that came later. */
    void requeue(List<WaitingRequest> unbegun) {
        for (int i = unbegun.size() - 1; i >= 0; i--) {
            WaitingRequest next = unbegun.get(i);
            if (next.response().hasEnded()) {
                next.drop();
            } else {
                waiting.addFirst(next);
            }
        }
        dispatchWaiting();
    }

    /** Gives away what waits, as far as there is room for it. */
    void dispatchWaiting() {
        while (!waiting.isEmpty()) {
            Worker worker = leastBusy();
            if (worker == null) {
                return;
            }
            WaitingRequest next = waiting.removeFirst();
            if (!next.response().hasEnded()) { // else the client left while it waited
                worker.workload().add(next, waiting.size());
            }
        }
    }

    /**
     * Refuses requests that have waited here for too long.
     *
     * @return nanoseconds after which to look again
     */
    long refuseLate(long nowNanos) {
        while (limits.haveTimeout() && !waiting.isEmpty()) {
            WaitingRequest oldest = waiting.getFirst();
            long left = limits.left(oldest.arrivedNanos(), nowNanos);
            if (left > 0) {
                return left;
            }
            waiting.removeFirst();
            if (!oldest.response().hasEnded()) {
                oldest.drop();
                oldest.response().postpone();
            }
        }
        return TurnTaker.NO_DEADLINE;
    }

    @Override
    public List<String> obstacles() {
        if (isSuspended()) {
            return List.of(suspended);
        }
        if (workers.stream().anyMatch(Worker::isAnswering)) {
            return List.of();
        }
        return workers.stream().anyMatch(Worker::isServing) ? SILENCE : NOBODY;
    }

    @Override
    public void suspend(String reason) {
        suspended = reason;
        while (!waiting.isEmpty()) {
            WaitingRequest next = waiting.removeFirst();
            next.drop();
            next.response().postpone(reason);
        }
    }

    @Override
    public boolean isSuspended() {
        return !suspended.isEmpty();
    }

    @Override
    public void resume() {
        suspended = "";
    }

    @Override
    public void expect(int count) {
        mostServing = count;
    }
}
