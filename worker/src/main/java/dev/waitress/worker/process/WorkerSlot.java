package dev.waitress.worker.process;

import dev.waitress.worker.pool.Worker;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The place of one worker. Event loop only.
 *
 * <pre>
 *              fill                serve                 prepare
 *   EMPTY ─────────► STARTING ─────────────► SERVING ───────────────► with a successor
 *     ▲                  │                      │  ▲                         │
 *     │                  │ fail                 │  └──── takeOver, or giveUpSuccessor
 *     │                  ▼                      │
 *     │               FAILED                    │
 *     └──────────────────┴───── vacate ─────────┘
 * </pre>
 *
 * <p>Who dies without a word leaves STARTING by {@link #vacate}. An empty or starting slot may have a successor too;
 * its {@link #takeOver} leads to SERVING from everywhere. Back-off bounds how long a slot is EMPTY; in STARTING, and
 * for a successor, the worker has its own deadline.
 */
final class WorkerSlot {
    private enum State {
        EMPTY,
        STARTING,
        /** Its worker has said that it cannot load the application, and ends. */
        FAILED,
        SERVING
    }

    private State state = State.EMPTY;
    /** Null where the slot is EMPTY. */
    private @Nullable Worker worker;

    /** Since when its worker serves. */
    private long servesSinceNanos;

    private @Nullable Worker successor;

    // ---- Its worker ------------------------------------------------------------------------------------------------

    boolean isEmpty() {
        return state == State.EMPTY;
    }

    boolean isServing() {
        return state == State.SERVING;
    }

    boolean isOf(Worker other) {
        return worker == other;
    }

    Worker requireWorker() {
        if (worker == null) {
            throw new IllegalStateException("the slot is empty");
        }
        return worker;
    }

    /** A worker starts, to serve as soon as it is ready. */
    void fill(Worker newWorker) {
        worker = newWorker;
        state = State.STARTING;
    }

    /** Its worker cannot load the application. */
    void fail() {
        state = State.FAILED;
    }

    boolean hasFailed() {
        return state == State.FAILED;
    }

    /** Its worker is ready. */
    void serve(long nowNanos) {
        requireWorker().serve();
        state = State.SERVING;
        servesSinceNanos = nowNanos;
    }

    /** Whether its worker has served for so long. */
    boolean hasServedFor(long nanos, long nowNanos) {
        return isServing() && nowNanos - servesSinceNanos >= nanos;
    }

    /** Its worker is dead. */
    void vacate() {
        worker = null;
        state = State.EMPTY;
    }

    /** Nobody is to serve here any more; returns those who did, or were to. */
    List<Worker> clear() {
        List<Worker> all = Stream.of(worker, successor).filter(Objects::nonNull).toList();
        successor = null;
        vacate();
        return all;
    }

    // ---- Its successor ---------------------------------------------------------------------------------------------

    /** A worker starts, to {@link #takeOver} when it is told to. */
    void prepare(Worker newSuccessor) {
        successor = newSuccessor;
    }

    boolean awaits(Worker other) {
        return successor == other;
    }

    boolean isSuccessorReady() {
        return successor != null && successor.isReady();
    }

    /** The successor serves from now on; returns the worker before, if there was one. */
    @Nullable
    Worker takeOver(long nowNanos) {
        Worker before = worker;
        worker = successor;
        successor = null;
        serve(nowNanos);
        return before;
    }

    /** No successor serves; returns the one that was on its way, if there was one. */
    @Nullable
    Worker giveUpSuccessor() {
        Worker dismissed = successor;
        successor = null;
        return dismissed;
    }
}
