package dev.waitress.worker;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.QueueDepth;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.http.Status;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives each request to the worker that is least busy; those that find none wait, or are refused. Event loop only. */
final class Dispatcher {
    private final WorkerConfig config;
    /** Changed by their gateway, as they come and go. */
    private final List<Worker> workers;

    private final RequestEncoder encoder;
    private final MarshalWriter scratch = new MarshalWriter(1024);
    private final Deque<WaitingRequest> waiting = new ArrayDeque<>();
    private final QueueDepth queueDepth = new QueueDepth();

    /** Why nobody answers, and nobody will until something changes; empty if requests are taken, or wait. */
    private String suspended = "";

    Dispatcher(WorkerConfig config, List<Worker> workers) {
        this.config = config;
        this.workers = workers;
        this.encoder = new RequestEncoder(config.settings());
    }

    /** Workers run Python 2. All run the same, and no request is encoded before the first is there. */
    void writeTextAsBytes() {
        encoder.writeTextAsBytes();
    }

    void submit(Request request, Response response, long nowNanos) {
        if (isSuspended()) {
            close(request.body());
            response.refuse(Status.SERVICE_UNAVAILABLE, suspended);
            return;
        }
        Worker worker = waiting.isEmpty() ? leastBusy() : null;
        if (worker == null) {
            scratch.clear();
            encoder.encode(0, request, scratch);
            waiting.add(new WaitingRequest(response, request.body(), scratch.toByteArray()));
            queueDepth.arrived(waiting.size() - threadsToCome(), nowNanos);
            return;
        }
        int start = worker.encoder().length();
        int id = worker.nextId();
        encoder.encode(id, request, worker.encoder());
        worker.add(id, start, response, request.body());
    }

    /** Threads of workers that are still on their way: each takes one of those that wait. */
    private int threadsToCome() {
        int serving = 0;
        for (Worker worker : workers) {
            serving += worker.isServing() ? 1 : 0;
        }
        return Math.max(0, config.workers() - serving) * config.threads();
    }

    private @Nullable Worker leastBusy() {
        Worker best = null;
        for (Worker worker : workers) {
            if (worker.room() > 0 && (best == null || worker.load() < best.load())) {
                best = worker;
            }
        }
        return best;
    }

    boolean hasRoomBeside(Worker busy) {
        return workers.stream().anyMatch(worker -> worker != busy && worker.room() > 0);
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
                worker.add(next);
            }
        }
    }

    /** Refuses requests with 503 and this reason, also those that wait, until {@link #resume}. */
    void suspend(String reason) {
        suspended = reason;
        while (!waiting.isEmpty()) {
            WaitingRequest next = waiting.removeFirst();
            next.drop();
            next.response().refuse(Status.SERVICE_UNAVAILABLE, reason);
        }
    }

    boolean isSuspended() {
        return !suspended.isEmpty();
    }

    /** Lets requests wait for a worker. */
    void resume() {
        suspended = "";
    }

    static void close(BodyBuffer body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
