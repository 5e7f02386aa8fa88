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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers, watches them, and replaces them: one by one when they die, all together when the application is to be
 * loaded again. Then each slot gets a successor; they take over when all of them are ready, and if one cannot load the
 * application, none does. Event loop only.
 */
public final class Supervisor implements WorkerSource {
    private static final Logger LOG = System.getLogger("waitress");

    /** So long the loading of a state that has changed since may go on. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String NOT_LOADED = "The application could not be loaded. The server's log says why.";

    private final Launcher launcher;
    private final Intake intake;
    private final Timers timers;
    private final long startupNanos;
    private final Function<Consumer<String>, Changes> watch;
    private final List<WorkerSlot> slots;
    private final Backoff backoff = new Backoff();
    /** Those whose end is no news: they were to end, or it was said why they must. */
    private final Set<Worker> dismissed = new HashSet<>();

    private CompletableFuture<@Nullable LoadFailure> opened = new CompletableFuture<>();
    private Changes changes = Changes.NONE;
    private int launched;
    private boolean cannotStart;
    /** Whether all slots have served once. */
    private boolean isLoaded;
    /** Which loading of the application is on its way, or was the last one. */
    private int loading;
    /** Whether successors are on their way. */
    private boolean isLoading;
    /** Whether what they load is out of date already. */
    private boolean overtaken;

    private boolean closing;

    /**
     * Supervises so many slots.
     *
     * @param startupNanos how long a worker may take to be ready
     * @param watch makes what tells of changes to the application, once it knows whom to tell
     */
    Supervisor(
            int size,
            Launcher launcher,
            Intake intake,
            Timers timers,
            long startupNanos,
            Function<Consumer<String>, Changes> watch) {
        this.slots = IntStream.range(0, size).mapToObj(i -> new WorkerSlot()).toList();
        this.launcher = launcher;
        this.intake = intake;
        this.timers = timers;
        this.startupNanos = startupNanos;
        this.watch = watch;
    }

    /** Supervises workers of an application that is loaded once. */
    public static Supervisor of(int size, ProcessLauncher launcher, Intake intake, Timers timers, long startupNanos) {
        return new Supervisor(size, launcher, intake, timers, startupNanos, listener -> Changes.NONE);
    }

    /** Supervises workers of an application that is loaded again when these files change, or those it is made of. */
    public static Supervisor reloading(
            int size, ProcessLauncher launcher, Intake intake, Timers timers, long startupNanos, List<String> watched) {
        return new Supervisor(
                size, launcher, intake, timers, startupNanos, listener -> FileWatch.start(watched, listener));
    }

    @Override
    public void begin(CompletableFuture<@Nullable LoadFailure> whenOpened) throws IOException {
        opened = whenOpened;
        changes = watch.apply(change -> timers.execute(() -> changed(change)));
        load();
    }

    @Override
    public @Nullable Worker stranger(WorkerDoor.Introduction introduction) {
        return null;
    }

    // ---- All slots together: the application is loaded -------------------------------------------------------------

    /** Starts a successor for each slot; what was loaded before goes on until all of them are ready. */
    private void load() throws IOException {
        overtaken = false;
        loading++;
        isLoading = true;
        for (WorkerSlot slot : slots) {
            slot.prepare(launch());
        }
        intake.resume();
    }

    private Worker launch() throws IOException {
        Worker worker = launcher.launch(++launched);
        worker.process().onExit(status -> timers.execute(() -> exited(worker, status)));
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
        WorkerSlot slot = slotOf(worker);
        if (slot != null) {
            slot.serve();
            backoff.succeeded();
            if (intake.isSuspended()) {
                LOG.log(Level.INFO, "The application can be loaded again");
                intake.resume();
            }
        } else if (isSuccessor(worker) && slots.stream().allMatch(WorkerSlot::isSuccessorReady)) {
            takeOver();
        }
    }

    private void takeOver() {
        isLoading = false;
        isLoaded = true;
        backoff.succeeded();
        List<Worker> before = new ArrayList<>();
        for (WorkerSlot slot : slots) {
            Worker predecessor = slot.takeOver();
            if (predecessor != null) {
                before.add(predecessor);
            }
        }
        before.forEach(this::dismiss);
        if (!opened.complete(null)) {
            LOG.log(Level.INFO, "The application was loaded again, " + describeServing());
        }
        catchUp();
    }

    /** {@code worker 7 serves}, {@code workers 7, 8 serve}. */
    private String describeServing() {
        String pids = slots.stream()
                .map(slot -> String.valueOf(slot.requireWorker().pid()))
                .collect(Collectors.joining(", "));
        return slots.size() == 1 ? "worker " + pids + " serves" : "workers " + pids + " serve";
    }

    /** One that cannot load the application ends the coming of all. */
    @Override
    public void failed(Worker worker, LoadFailure failure) {
        if (isSuccessor(worker)) {
            giveUp(failure);
        } else if (slotOf(worker) != null) {
            LOG.log(Level.ERROR, "worker " + worker.pid() + " cannot load the application:\n" + failure.story());
        }
    }

    /** Whatever it waits for, others wait for it. */
    @Override
    public void late(Worker worker) {
        String story = "worker " + worker.pid() + " has not loaded the application in "
                + TimeUnit.NANOSECONDS.toSeconds(startupNanos) + " seconds (startup_timeout)";
        if (isSuccessor(worker)) {
            giveUp(LoadFailure.of(story));
        } else {
            LOG.log(Level.ERROR, story);
        }
        dismissed.add(worker);
        worker.kill();
    }

    /** The successors will not serve. At the start of the server that is the end, unless a change may help. */
    private void giveUp(LoadFailure failure) {
        dismissSuccessors();
        if (!opened.isDone() && changes.isEmpty()) {
            opened.complete(failure);
            return;
        }
        opened.complete(null);
        String consequence = isLoaded ? "what was loaded before goes on" : "waiting for a change";
        LOG.log(Level.ERROR, "Cannot load the application, " + consequence + ":\n" + failure.story());
        if (!isLoaded) {
            intake.suspend(NOT_LOADED);
        }
        catchUp();
    }

    private void dismissSuccessors() {
        isLoading = false;
        for (WorkerSlot slot : slots) {
            Worker successor = slot.giveUpSuccessor();
            if (successor != null) {
                dismiss(successor);
            }
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
        if (!isLoading) {
            loadAgain();
        } else if (!overtaken) {
            overtaken = true;
            int outdated = loading;
            timers.schedule(PATIENCE_NANOS, () -> overtake(outdated));
        }
    }

    /** Loading never ends, it seems. */
    private void overtake(int outdated) {
        if (isLoading && outdated == loading && !closing) {
            dismissSuccessors();
            loadAgain();
        }
    }

    private void catchUp() {
        if (overtaken) {
            loadAgain();
        }
    }

    // ---- One slot: its worker has ended ----------------------------------------------------------------------------

    private void exited(Worker worker, int status) {
        worker.receiveLast();
        if (isSuccessor(worker)) {
            String message =
                    "Python (" + launcher.command() + ") " + describe(status) + " before it had loaded the application";
            giveUp(LoadFailure.of(status == Protocol.WRONG_PYTHON ? "" : message));
        } else if (!dismissed.contains(worker) && !closing) {
            LOG.log(Level.ERROR, "worker " + worker.pid() + " " + describe(status));
        }
        dismissed.remove(worker);
        worker.die();
    }

    private static String describe(int status) {
        return status > 128 ? "was killed by signal " + (status - 128) : "ended with status " + status;
    }

    /** Another takes its place, if it served, or was to. */
    @Override
    public void died(Worker worker) {
        WorkerSlot slot = slotOf(worker);
        if (slot == null) {
            return;
        }
        boolean served = slot.isServing();
        slot.vacate();
        if (!served && slots.stream().noneMatch(WorkerSlot::isServing)) {
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

    private @Nullable WorkerSlot slotOf(Worker worker) {
        return slots.stream().filter(slot -> slot.isOf(worker)).findFirst().orElse(null);
    }

    private boolean isSuccessor(Worker worker) {
        return slots.stream().anyMatch(slot -> slot.awaits(worker));
    }

    // ---- The end of the server -------------------------------------------------------------------------------------

    @Override
    public void abandon() {
        launcher.abandon();
    }

    @Override
    public List<LaunchedProcess> close() {
        closing = true;
        changes.close();
        return launcher.running();
    }
}
