package dev.waitress.worker.process;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.Intake;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads the application in all slots together: each gets a successor; they take over when all of them are ready, and if
 * one cannot load the application, none does, and what was loaded before goes on. Event loop only.
 *
 * <pre>
 *             load             again
 *   SETTLED ────────► COMING ──────────► OUTDATED
 *      ▲                │ takeOver, giveUp   │ takeOver, giveUp, or PATIENCE is over: load
 *      └────────────────┘                    └──────────────────────────────────────► COMING
 * </pre>
 *
 * <p>A successor that never gets ready is late, and given up then.
 */
final class Rollout {
    private static final Logger LOG = System.getLogger("waitress");

    /** So long the loading of a state that has changed since may go on. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Why requests are refused as long as no worker can load it. */
    static final String NOT_LOADED = "The application could not be loaded. The server's log says why.";

    /** How far it is. */
    private enum State {
        SETTLED,
        /** Successors are on their way. */
        COMING,
        /** They are, and the application has changed since. */
        OUTDATED
    }

    private final WorkerSlots slots;
    private final Launches launches;
    private final Intake intake;
    private final Timers timers;
    private final Changes changes;
    private final Tally tally;
    private final Runnable settled;

    private CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    /** Who has asked for what is being loaded, and who for what is loaded next. */
    private List<Consumer<Outcome>> waiting = new ArrayList<>();

    private List<Consumer<Outcome>> waitingForNext = new ArrayList<>();
    private State state = State.SETTLED;
    /** How often the application was loaded, for a timer that may come too late. */
    private int loadings;
    /** Whether all slots have served once. */
    private boolean isLoaded;

    private boolean isClosed;

    /** Tells {@code settled} whenever no successor is on its way any more. */
    Rollout(
            WorkerSlots slots,
            Launches launches,
            Intake intake,
            Timers timers,
            Changes changes,
            Tally tally,
            Runnable settled) {
        this.slots = slots;
        this.launches = launches;
        this.intake = intake;
        this.timers = timers;
        this.changes = changes;
        this.tally = tally;
        this.settled = settled;
    }

    /** The first one; completes {@code whenOpened} as {@link WorkerSource#begin} says. */
    void begin(CompletableFuture<@Nullable LoadFailure> whenOpened) throws IOException {
        opened = whenOpened;
        load();
    }

    boolean isUnderWay() {
        return state != State.SETTLED;
    }

    /** Whether the application has been loaded once. */
    boolean isLoaded() {
        return isLoaded;
    }

    /** Nothing is loaded any more. */
    void close() {
        isClosed = true;
    }

    private void load() throws IOException {
        state = State.COMING;
        loadings++;
        for (WorkerSlot slot : slots) {
            slot.prepare(launches.launchSuccessor());
        }
        intake.resume();
    }

    private void loadAgain() {
        try {
            load();
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, processes or memory: that may pass.
            giveUp(notStarted(e));
        }
    }

    private static LoadFailure notStarted(Throwable failure) {
        return LoadFailure.of("cannot start a worker: " + failure.getMessage());
    }

    /** A slot has come, for a worker of what is being loaded. */
    void join(WorkerSlot slot) {
        try {
            slot.prepare(launches.launchSuccessor());
        } catch (IOException | RuntimeException | Error e) {
            giveUp(notStarted(e));
        }
    }

    /** Another successor is ready, or no longer wanted. */
    void look() {
        if (isUnderWay() && slots.areAllSuccessorsReady()) {
            takeOver();
        }
    }

    private void takeOver() {
        isLoaded = true;
        launches.adopt();
        slots.takeOver(timers.nowNanos()).forEach(this::replaced);
        intake.resume();
        String news = "The application was loaded again, " + slots;
        if (!opened.complete(null)) {
            LOG.log(Level.INFO, news);
            tally.reloaded(true, news, timers.nowNanos());
        }
        settle(Outcome.done(news));
    }

    private void replaced(Worker before) {
        launches.dismiss(before);
        tally.count(Replacement.RELOAD);
    }

    /** The successors will not serve. At the start of the server that is the end, unless a change may help. */
    void giveUp(LoadFailure failure) {
        dismissSuccessors();
        String consequence = isLoaded ? "what was loaded before goes on" : "waiting for a change";
        String news = "Cannot load the application, " + consequence + ":\n" + failure.story();
        if (!opened.isDone() && changes.isEmpty()) {
            opened.complete(failure);
        } else {
            opened.complete(null);
            LOG.log(Level.ERROR, news);
            tally.reloaded(false, news, timers.nowNanos());
            if (!isLoaded) {
                intake.suspend(NOT_LOADED);
            }
        }
        settle(Outcome.refused(news));
    }

    private void dismissSuccessors() {
        slots.giveUpSuccessors().forEach(launches::dismiss);
        launches.discard();
    }

    /** No successor is on its way any more; what has changed since is loaded next. */
    private void settle(Outcome outcome) {
        boolean isOutdated = state == State.OUTDATED;
        state = State.SETTLED;
        List<Consumer<Outcome>> served = waiting;
        waiting = waitingForNext;
        waitingForNext = new ArrayList<>();
        served.forEach(told -> told.accept(outcome));
        if (isOutdated && !isClosed) {
            loadAgain();
        } else {
            settled.run();
        }
    }

    /**
     * Loads it again, now or when that is over which goes on.
     *
     * @param isHasty whether what is loaded then is worth little: it is given up when it takes too long
     * @param told when it serves, or cannot be loaded; never if the server ends before
     */
    void again(String reason, boolean isHasty, Consumer<Outcome> told) {
        if (isClosed) {
            return;
        }
        LOG.log(Level.INFO, "Loading the application again: " + reason);
        if (state == State.SETTLED) {
            waiting.add(told);
            loadAgain();
            return;
        }
        waitingForNext.add(told);
        boolean isNews = state == State.COMING;
        state = State.OUTDATED;
        if (isHasty && isNews) {
            int outdated = loadings;
            timers.schedule(PATIENCE_NANOS, () -> overtake(outdated));
        }
    }

    /** Loading never ends, it seems. */
    private void overtake(int outdated) {
        if (state == State.OUTDATED && outdated == loadings && !isClosed) {
            dismissSuccessors();
            waiting.addAll(waitingForNext);
            waitingForNext.clear();
            loadAgain();
        }
    }
}
