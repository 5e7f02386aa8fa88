package dev.waitress.worker.pool;

import dev.waitress.exchange.RunLimit;
import dev.waitress.loop.Timers;
import dev.waitress.worker.wire.ControlWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Cuts short the requests that one worker runs for too long, and tells when that does not help. It notes now and then
 * which request has begun last: whatever had begun a limit ago and is still there is overdue. So what runs costs
 * nothing, and what waits for a thread has its whole time still before it. Event loop only.
 */
final class TimeLimit {
    private static final Logger LOG = System.getLogger("waitress");

    /** A worker that runs at all says within this time where a request is. */
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Who is told what becomes of the worker. */
    interface Listener {
        /** Another should take its place. */
        void worn(Worn why);

        /** It holds no request any more but those that it was to cut short. */
        void idle();
    }

    /** Which request had begun last at a time. */
    private record Mark(long nanos, int begun) {}

    private final WorkerProcess process;
    private final RunLimit limit;
    private final Timers timers;
    private final WorkerBoard board;
    private final InFlight inFlight;
    private final ControlWriter control;
    private final Listener listener;

    private final Deque<Mark> marks = new ArrayDeque<>();
    private boolean isLooking;

    /** Requests that the worker was asked for and has not found yet, as logs call them. */
    private final Map<Integer, String> sought = new HashMap<>();

    private final Stragglers stragglers;

    /** What had begun last when that was last noted. */
    private int noted;

    /** How many of those that are in flight were cut short. */
    private int overdue;

    private boolean isSilent;
    private boolean isOver;

    /** The limit of one worker. */
    TimeLimit(
            WorkerProcess process,
            RunLimit limit,
            Timers timers,
            WorkerBoard board,
            InFlight inFlight,
            ControlWriter control,
            Listener listener) {
        this.process = process;
        this.limit = limit;
        this.timers = timers;
        this.board = board;
        this.inFlight = inFlight;
        this.control = control;
        this.listener = listener;
        this.stragglers = new Stragglers(process, limit, timers, control, listener::worn);
    }

    // ---- Which requests take too long ------------------------------------------------------------------------------

    /** There are requests; it looks after them until there are none. */
    void watch() {
        if (limit.isSet() && !isLooking) {
            isLooking = true;
            timers.schedule(limit.lookNanos(), this::look);
        }
    }

    private void look() {
        isLooking = false;
        if (isOver) {
            return;
        }
        note(board.lastBegun(inFlight.lastId()));
        expire(timers.nowNanos() - limit.nanos());
        if (!isIdle() || !marks.isEmpty()) {
            watch();
        }
    }

    private void note(int begun) {
        boolean isNews = noted != begun || marks.isEmpty() && !isIdle();
        if (begun != 0 && isNews) {
            noted = begun;
            marks.add(new Mark(timers.nowNanos(), begun));
        }
    }

    /** Whatever had begun at that time has had enough. */
    private void expire(long nanos) {
        int begun = 0;
        while (!marks.isEmpty() && marks.element().nanos() - nanos <= 0) {
            begun = marks.remove().begun();
        }
        if (begun == 0) {
            return;
        }
        // Of what has begun, whatever a thread does not have now has ended, and its answer is on its way.
        int[] last = board.begun();
        stragglers.retain(last);
        for (int id : last) {
            if (id != 0 && InFlight.isBegun(id, begun)) {
                tooLong(id);
            }
        }
        if (isIdle()) {
            listener.idle();
        }
    }

    private void tooLong(int id) {
        HeldRequest held = inFlight.find(id);
        if (held == null) {
            stragglers.suspect(id);
        } else if (!held.isOverdue()) {
            cutShort(held);
        }
    }

    private void cutShort(HeldRequest held) {
        String title = held.request().title();
        overdue++;
        sought.put(held.id, title);
        control.overdue(held.id, limit.showsAll());
        String outcome = held.expire();
        LOG.log(Level.WARNING, who() + ": " + limit.describe(title) + ": " + outcome);
        timers.schedule(ANSWER_NANOS, () -> answerExpired(held));
        timers.schedule(Stragglers.GRACE_NANOS, () -> graceExpired(held, title));
    }

    // ---- What the worker makes of it -------------------------------------------------------------------------------

    /** The worker has said where a request is. */
    void located(int id, String stacks) {
        String title = sought.remove(id);
        isSilent = false;
        if (title != null && !stacks.isEmpty()) {
            LOG.log(Level.WARNING, who() + " runs " + title + " here:\n" + stacks.stripTrailing());
        }
        stragglers.located(id, stacks);
    }

    private void answerExpired(HeldRequest held) {
        if (isOver || isSilent || hasEnded(held) || !sought.containsKey(held.id)) {
            return;
        }
        isSilent = true;
        LOG.log(
                Level.ERROR,
                who() + " does not say where: it is stopped, or code in C keeps all of its threads waiting");
        process.askForStacks(timers, ANSWER_NANOS, this::giveUp);
    }

    private void giveUp(String stacks) {
        if (isOver || !isSilent) {
            return;
        }
        if (!stacks.isEmpty()) {
            LOG.log(Level.ERROR, who() + " is here:\n" + stacks);
        }
        listener.worn(Worn.UNANSWERING);
    }

    private void graceExpired(HeldRequest held, String title) {
        if (isOver || hasEnded(held)) {
            return;
        }
        if (sought.containsKey(held.id)) {
            process.kill(); // while it lives, there is no way to have back what it holds
        } else {
            listener.worn(Worn.byRequest(title));
        }
    }

    private String who() {
        return "worker " + process.pid();
    }

    private boolean hasEnded(HeldRequest held) {
        return inFlight.find(held.id) != held;
    }

    /** Whether it was asked for something, and has not answered in time. */
    boolean isSilent() {
        return isSilent;
    }

    /** Whether the worker holds nothing that anybody waits for. */
    boolean isIdle() {
        return inFlight.size() == overdue;
    }

    /** The worker holds a request no longer. */
    void forget(HeldRequest held) {
        if (held.isOverdue()) {
            overdue--;
        }
    }

    /** The worker is dead. */
    void end() {
        isOver = true;
    }
}
