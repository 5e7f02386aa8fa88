package dev.waitress.worker.process;

import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.Intake;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.Worn;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers, watches them, and replaces them: all together when the application is to be loaded ({@link Rollout}),
 * one at a time when they have served long enough ({@link Renewal}), and each when it dies. Event loop only.
 */
public final class Supervisor implements WorkerSource {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String CRASHING =
            "The application's processes end again and again. The server's log says more.";

    private static final Outcome ENDING = Outcome.refused("the server ends");

    /** Whoever has served so long, or has answered a request, is no failure, however it ends. */
    private static final long PROVEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Clients may wait so long for a worker that is to be started, when there is no other. */
    private static final long BEARABLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Launcher launcher;
    private final Intake intake;
    private final Timers timers;
    private final Executor loop;
    private final Unanswering unanswering;
    private final Reasons reasons;
    private final Tally tally;
    private final WorkerSlots slots;
    private final Launches launches;
    private final Rollout rollout;
    private final Renewal renewal;
    private final Headcount headcount;
    private final Backoff backoff = new Backoff();
    private boolean cannotStart;
    /** Nobody who ends is news any more, and nobody is started. */
    private volatile boolean closing;

    /**
     * Supervises so many slots.
     *
     * @param startupNanos how long a worker may take to be ready
     */
    public Supervisor(
            int size,
            Launcher launcher,
            Intake intake,
            Timers timers,
            Executor loop,
            long startupNanos,
            Reasons reasons,
            Tally tally) {
        this.slots = new WorkerSlots(size);
        this.launcher = launcher;
        this.intake = intake;
        this.timers = timers;
        this.loop = loop;
        this.unanswering = new Unanswering(timers, startupNanos, this::tooLate, this::renew);
        this.reasons = reasons;
        this.tally = tally;
        this.launches = new Launches(launcher, loop, this::exited);
        this.rollout = new Rollout(slots, launches, intake, timers, reasons.changes(), tally, this::settled);
        this.renewal = new Renewal(slots, launches, timers, rollout, tally);
        this.headcount = new Headcount(slots, intake, launches, rollout, renewal, this::fill);
    }

    @Override
    public void begin(CompletableFuture<@Nullable LoadFailure> opened) throws IOException {
        reasons.changes().tell(change -> loop.execute(() -> load(change, true, Outcome::ignore)));
        reasons.memory()
                .tell(
                        () -> launcher.running().stream().mapToLong(StartedProcess::pid),
                        pid -> loop.execute(() -> tooLarge(pid)));
        rollout.begin(opened);
    }

    // ---- What is asked for -----------------------------------------------------------------------------------------

    @Override
    public void reload(String reason, Consumer<Outcome> told) {
        load(reason, false, told);
    }

    private void load(String reason, boolean isHasty, Consumer<Outcome> told) {
        if (closing) {
            told.accept(ENDING);
            return;
        }
        renewal.withdraw();
        rollout.again(reason, isHasty, told);
    }

    @Override
    public void renew(Worker worker, Worn why) {
        if (!closing) {
            renewal.ask(worker, why);
        }
    }

    /** A process takes more memory than one is to take. */
    void tooLarge(long pid) {
        Worker worker = slots.findServing(pid);
        if (worker != null) {
            renew(worker, Worn.byMemory(reasons.memory().mostBytes()));
        }
    }

    @Override
    public Outcome addWorker() {
        return closing ? ENDING : headcount.add();
    }

    @Override
    public Outcome removeWorker() {
        return closing ? ENDING : headcount.remove();
    }

    @Override
    public boolean welcome(WorkerDoor.Introduction introduction, FrameLink link) throws IOException {
        return launcher.welcome(introduction, link);
    }

    // ---- How workers get on ----------------------------------------------------------------------------------------

    @Override
    public void ready(Worker worker) {
        WorkerSlot slot = slots.find(worker);
        if (slot != null) {
            slot.serve(timers.nowNanos());
            if (intake.isSuspended()) {
                LOG.log(Level.INFO, "The application can be loaded again");
                intake.resume();
            }
        } else if (renewal.awaits(worker)) {
            renewal.takeOver();
        } else {
            rollout.look();
        }
    }

    /** One that cannot load the application ends the coming of all that come with it. */
    @Override
    public void failed(Worker worker, LoadFailure failure) {
        cannotLoad(worker, failure, "worker " + worker.pid() + " cannot load the application:\n" + failure.story());
    }

    private void cannotLoad(Worker worker, LoadFailure failure, String news) {
        WorkerSlot slot = giveUp(worker, failure) ? null : slots.find(worker);
        if (slot != null) {
            slot.fail();
            LOG.log(Level.ERROR, news);
        }
    }

    private boolean giveUp(Worker successor, LoadFailure failure) {
        if (renewal.awaits(successor)) {
            renewal.giveUp(failure);
            return true;
        }
        if (slots.isAwaited(successor)) {
            rollout.giveUp(failure);
            return true;
        }
        return false;
    }

    @Override
    public void late(Worker worker) {
        unanswering.late(worker);
    }

    /** Whatever it waits for, others wait for it. */
    private void tooLate(Worker worker, LoadFailure failure) {
        cannotLoad(worker, failure, failure.story());
        launches.kill(worker);
    }

    @Override
    public void hung(Worker worker, Duration since) {
        unanswering.hung(worker, since);
    }

    @Override
    public void imported(Instant since, List<Path> files) {
        reasons.changes().add(since, files);
    }

    private void exited(Worker worker, int status) {
        worker.receiveLast();
        if (!closing) {
            report(worker, LaunchedProcess.describe(status), status == Protocol.WRONG_PYTHON);
        }
        worker.die();
    }

    /** It was to serve, or did. Python itself has said that it is the wrong one. */
    private void report(Worker worker, String end, boolean isSaid) {
        String early = "Python (" + launches.command() + ") " + end + " before it had loaded the application";
        boolean wasToEnd = launches.wasDismissed(worker);
        if (giveUp(worker, LoadFailure.of(isSaid ? "" : early))) {
            launches.forget(worker); // dismissed just now, when it had ended already
        } else if (!wasToEnd) {
            LOG.log(Level.ERROR, "worker " + worker.pid() + " " + end);
        }
    }

    /** Another takes its place, if it served, or was to. */
    @Override
    public void died(Worker worker) {
        WorkerSlot slot = slots.find(worker);
        if (slot == null) {
            return;
        }
        tally.count(Replacement.DIED);
        boolean hasFailed = slot.hasFailed();
        boolean isProven = worker.hasAnswered() || slot.hasServedFor(PROVEN_NANOS, timers.nowNanos());
        if (isProven) {
            backoff.succeeded();
        }
        long delayNanos = isProven ? 0 : backoff.delayNanos();
        slot.vacate();
        // Nobody serves: requests wait, unless that is futile. Whoever was killed while it loaded is no sign of that.
        if (!slots.isAnyServing() && (hasFailed || delayNanos >= BEARABLE_NANOS)) {
            intake.suspend(hasFailed ? Rollout.NOT_LOADED : CRASHING);
        }
        timers.schedule(delayNanos, () -> fill(slot));
    }

    private void fill(WorkerSlot slot) {
        if (closing || !slot.isEmpty() || !slots.contains(slot)) {
            return;
        }
        try {
            Worker worker = launches.launch();
            slot.fill(worker);
            cannotStart = false;
            worker.process().whenStarted(() -> LOG.log(Level.INFO, "worker " + worker.pid() + " started"));
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, processes or memory: that may pass.
            if (!cannotStart) {
                cannotStart = true;
                LOG.log(Level.ERROR, "cannot start a worker for now: " + e.getMessage());
            }
            timers.schedule(backoff.retryNanos(), () -> fill(slot));
        }
    }

    /** Where no successor came, what has none gets a worker of its own. */
    private void settled() {
        if (rollout.isLoaded()) {
            backoff.succeeded();
            slots.empty().forEach(slot -> timers.schedule(0, () -> fill(slot)));
        }
        renewal.next();
    }

    // ---- The end of the server -------------------------------------------------------------------------------------

    @Override
    public void abandon() {
        closing = true;
        launcher.abandon();
    }

    @Override
    public List<StartedProcess> close() {
        closing = true;
        rollout.close();
        renewal.close();
        reasons.close();
        launcher.close();
        return launcher.running();
    }
}
