package dev.waitress.worker.pool;

import dev.waitress.loop.Timers;
import dev.waitress.worker.wire.ControlWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Whether a worker answers at all: it is asked every so often, and the thread answers that obeys us. That one cannot
 * where the process is stopped, or where something in C holds the lock that all of Python's threads need. Event loop
 * only.
 *
 * <pre>
 *                one missed              MOST_MISSED
 *   ANSWERING ──────────────► SILENT ──────────────────► HUNG
 *       ▲                        │ answered                │ answered
 *       └────────────────────────┴─────────────────────────┘
 * </pre>
 *
 * <p>What counts is not how late an answer is but how often we have looked for it in vain, and we look a while after we
 * have asked. If all processes were stopped together, or the clock has jumped, we look once, and too late for that to
 * count; the worker then has a whole interval for its answer.
 */
final class Heartbeat {
    private static final Logger LOG = System.getLogger("waitress");

    /** Answers that are missed in a row until it is hung; so often it is asked within its time. */
    static final int MOST_MISSED = 4;

    private final WorkerProcess process;
    private final long intervalNanos;
    private final Timers timers;
    private final ControlWriter control;
    private final Runnable receive;
    private final Consumer<Duration> hung;

    /** Whether an answer is on its way. Nothing else is asked meanwhile: who reads nothing must not be flooded. */
    private boolean isAsked;

    private int missed;
    private long dueNanos;
    private boolean isOver;

    /**
     * One that has not begun.
     *
     * @param timeoutNanos after which it is hung; 0 if it is never to be asked
     * @param receive takes in what has arrived, its answer perhaps
     * @param hung told that it has not answered for so long, again and again as long as it is so
     */
    Heartbeat(
            WorkerProcess process,
            long timeoutNanos,
            Timers timers,
            ControlWriter control,
            Runnable receive,
            Consumer<Duration> hung) {
        this.process = process;
        this.intervalNanos = timeoutNanos / MOST_MISSED;
        this.timers = timers;
        this.control = control;
        this.receive = receive;
        this.hung = hung;
    }

    /** It is asked from now on. */
    void begin() {
        if (intervalNanos > 0) {
            ask();
        }
    }

    /** It is asked no more, and what it has missed is of no interest. */
    void end() {
        isOver = true;
    }

    /** Whether its last answer has not come in time: it is to be given nothing. */
    boolean isSilent() {
        return missed > 0;
    }

    /** Whether it has missed so many that nothing is to be expected of it. */
    boolean isHung() {
        return missed >= MOST_MISSED;
    }

    private void ask() {
        if (!isAsked) {
            isAsked = true;
            control.ping();
        }
        dueNanos = timers.nowNanos() + intervalNanos;
        timers.schedule(intervalNanos, this::look);
    }

    private void look() {
        if (!isOver) {
            receive.run();
        }
        if (isOver) {
            return; // perhaps just now
        }
        boolean wereStopped = timers.nowNanos() - dueNanos > intervalNanos;
        if (isAsked && !wereStopped) {
            miss();
        }
        ask();
    }

    private void miss() {
        missed++;
        if (missed == 1) {
            LOG.log(
                    Level.WARNING,
                    "worker " + process.pid() + " does not answer, and is given no requests until it does");
        } else if (missed % MOST_MISSED == 0) {
            hung.accept(Duration.ofNanos(missed * intervalNanos));
        }
    }

    /** The worker has answered. */
    void answered() {
        if (isSilent() && !isOver) {
            LOG.log(Level.INFO, "worker " + process.pid() + " answers again");
        }
        isAsked = false;
        missed = 0;
    }
}
