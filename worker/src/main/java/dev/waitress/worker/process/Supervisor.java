package dev.waitress.worker.process;

import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.Intake;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers, watches them, and replaces them: one by one when they die, all together when the application is to be
 * loaded again. Then each slot gets a successor; they take over when all of them are ready, and if one cannot load the
 * application, none does. Event loop only.
 *
 * <pre>
 *             load             changed
 *   SETTLED ────────► COMING ──────────► OUTDATED
 *      ▲                │ takeOver, giveUp   │ takeOver, giveUp, or PATIENCE is over: load
 *      └────────────────┘                    └──────────────────────────────────────► COMING
 * </pre>
 */
public final class Supervisor implements WorkerSource {
    private static final Logger LOG = System.getLogger("waitress");

    /** So long the loading of a state that has changed since may go on. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String NOT_LOADED = "The application could not be loaded. The server's log says why.";

    /** How far the loading of the application is. */
    private enum Loading {
        SETTLED,
        /** Successors are on their way. */
        COMING,
        /** They are, and the application has changed since. */
        OUTDATED
    }

    private final Launcher launcher;
    private final Intake intake;
    private final Timers timers;
    private final Executor loop;
    private final long startupNanos;
    private final Changes changes;
    private final WorkerSlots slots;
    private final Backoff backoff = new Backoff();
    /** Those whose end is no news: they were to end, or it was said why they must. */
    private final Set<Worker> dismissed = new HashSet<>();

    private CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    private int launched;
    private boolean cannotStart;
    /** Whether all slots have served once. */
    private boolean isLoaded;

    private Loading loading = Loading.SETTLED;
    /** How often the application was loaded, for a timer that may come too late. */
    private int loadings;

    /** Nobody who ends is news any more, and nobody is started. */
    private volatile boolean closing;

    /**
     * Supervises so many slots.
     *
     * @param startupNanos how long a worker may take to be ready
     * @param changes what tells that the application is to be loaded again
     */
    public Supervisor(
            int size,
            Launcher launcher,
            Intake intake,
            Timers timers,
            Executor loop,
            long startupNanos,
            Changes changes) {
        this.slots = new WorkerSlots(size);
        this.launcher = launcher;
        this.intake = intake;
        this.timers = timers;
        this.loop = loop;
        this.startupNanos = startupNanos;
        this.changes = changes;
    }

    @Override
    public void begin(CompletableFuture<@Nullable LoadFailure> whenOpened) throws IOException {
        opened = whenOpened;
        changes.tell(change -> loop.execute(() -> changed(change)));
        load();
    }

    // ---- All slots together: the application is loaded -------------------------------------------------------------

    /** Starts a successor for each slot; what was loaded before goes on until all of them are ready. */
    private void load() throws IOException {
        loading = Loading.COMING;
        loadings++;
        for (WorkerSlot slot : slots) {
            slot.prepare(launch());
        }
        intake.resume();
    }

    private Worker launch() throws IOException {
        Worker worker = launcher.launch(++launched);
        worker.process().onExit(status -> loop.execute(() -> exited(worker, status)));
        return worker;
    }

    private void loadAgain() {
        try {
            load();
        } catch (IOException e) {
            giveUp(LoadFailure.of("cannot start a worker: " + e.getMessage()));
        }
    }

    @Override
    public void ready(Worker worker) {
        WorkerSlot slot = slots.find(worker);
        if (slot != null) {
            slot.serve();
            backoff.succeeded();
            if (intake.isSuspended()) {
                LOG.log(Level.INFO, "The application can be loaded again");
                intake.resume();
            }
        } else if (slots.isAwaited(worker) && slots.areAllSuccessorsReady()) {
            takeOver();
        }
    }

    private void takeOver() {
        isLoaded = true;
        backoff.succeeded();
        slots.takeOver().forEach(this::dismiss);
        intake.resume();
        if (!opened.complete(null)) {
            LOG.log(Level.INFO, "The application was loaded again, " + slots);
        }
        settle();
    }

    /** One that cannot load the application ends the coming of all. */
    @Override
    public void failed(Worker worker, LoadFailure failure) {
        if (slots.isAwaited(worker)) {
            giveUp(failure);
        } else if (slots.find(worker) != null) {
            LOG.log(Level.ERROR, "worker " + worker.pid() + " cannot load the application:\n" + failure.story());
        }
    }

    /** Whatever it waits for, others wait for it. */
    @Override
    public void late(Worker worker) {
        String story = "worker " + worker.pid() + " has not loaded the application in "
                + TimeUnit.NANOSECONDS.toSeconds(startupNanos) + " seconds (startup_timeout)";
        if (slots.isAwaited(worker)) {
            giveUp(LoadFailure.of(story));
        } else {
            LOG.log(Level.ERROR, story);
        }
        dismissed.add(worker);
        worker.process().kill();
    }

    /** The successors will not serve. At the start of the server that is the end, unless a change may help. */
    private void giveUp(LoadFailure failure) {
        slots.giveUpSuccessors().forEach(this::dismiss);
        if (!opened.isDone() && changes.isEmpty()) {
            opened.complete(failure);
        } else {
            opened.complete(null);
            String consequence = isLoaded ? "what was loaded before goes on" : "waiting for a change";
            LOG.log(Level.ERROR, "Cannot load the application, " + consequence + ":\n" + failure.story());
            if (!isLoaded) {
                intake.suspend(NOT_LOADED);
            }
        }
        settle();
    }

    /** No successor is on its way any more; what has changed since is loaded next. */
    private void settle() {
        boolean isOutdated = loading == Loading.OUTDATED;
        loading = Loading.SETTLED;
        if (isOutdated) {
            loadAgain();
        }
    }

    private void dismiss(Worker worker) {
        dismissed.add(worker);
        worker.retire();
    }

    // ---- Changes ---------------------------------------------------------------------------------------------------

    @Override
    public void imported(Instant since, List<Path> files) {
        changes.add(since, files);
    }

    private void changed(String change) {
        if (closing) {
            return;
        }
        LOG.log(Level.INFO, "Loading the application again: " + change);
        if (loading == Loading.SETTLED) {
            loadAgain();
        } else if (loading == Loading.COMING) {
            loading = Loading.OUTDATED;
            int outdated = loadings;
            timers.schedule(PATIENCE_NANOS, () -> overtake(outdated));
        }
    }

    /** Loading never ends, it seems. */
    private void overtake(int outdated) {
        if (loading == Loading.OUTDATED && outdated == loadings && !closing) {
            slots.giveUpSuccessors().forEach(this::dismiss);
            loadAgain();
        }
    }

    // ---- One slot: its worker has ended ----------------------------------------------------------------------------

    private void exited(Worker worker, int status) {
        worker.receiveLast();
        if (slots.isAwaited(worker)) {
            String message = "Python (" + launcher.command() + ") " + LaunchedProcess.describe(status)
                    + " before it had loaded the application";
            giveUp(LoadFailure.of(status == Protocol.WRONG_PYTHON ? "" : message));
        } else if (!dismissed.contains(worker) && !closing) {
            LOG.log(Level.ERROR, "worker " + worker.pid() + " " + LaunchedProcess.describe(status));
        }
        dismissed.remove(worker);
        worker.die();
    }

    /** Another takes its place, if it served, or was to. */
    @Override
    public void died(Worker worker) {
        WorkerSlot slot = slots.find(worker);
        if (slot == null) {
            return;
        }
        boolean served = slot.isServing();
        slot.vacate();
        if (!served && !slots.isAnyServing()) {
            intake.suspend(NOT_LOADED);
        }
        timers.schedule(backoff.delayNanos(), () -> fill(slot));
    }

    private void fill(WorkerSlot slot) {
        if (closing || !slot.isEmpty()) {
            return;
        }
        try {
            Worker worker = launch();
            slot.fill(worker);
            cannotStart = false;
            LOG.log(Level.INFO, "worker " + worker.pid() + " started");
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, processes or memory: that may pass.
            if (!cannotStart) {
                cannotStart = true;
                LOG.log(Level.ERROR, "cannot start a worker for now: " + e.getMessage());
            }
            timers.schedule(backoff.retryNanos(), () -> fill(slot));
        }
    }

    // ---- The end of the server -------------------------------------------------------------------------------------

    @Override
    public void abandon() {
        closing = true;
        launcher.abandon();
    }

    @Override
    public List<LaunchedProcess> close() {
        closing = true;
        changes.close();
        return launcher.running();
    }
}
