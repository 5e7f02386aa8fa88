package dev.waitress.worker;

import dev.waitress.worker.process.Backoff;
import dev.waitress.worker.process.FileWatch;
import dev.waitress.worker.process.PythonPackage;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Workers that we start, watch, and replace: one by one when they go, all together when the application is to be loaded
 * again. Then a generation comes while another serves; it takes over when all of it is ready, and if it cannot load the
 * application, the other one goes on. Event loop only.
 */
final class Supervisor implements Recruiter {
    private static final Logger LOG = System.getLogger("waitress");

    /** So long the loading of a state that has changed since may go on. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String NOT_LOADED = "The application could not be loaded. The server's log says why.";

    private final WorkerGateway gateway;
    private final Backoff backoff = new Backoff();
    /** Changed by the event loop alone. */
    private final Set<LaunchedProcess> running = ConcurrentHashMap.newKeySet();
    /** Those that were ended because they took too long, which was said. */
    private final Set<Worker> late = new HashSet<>();

    private CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
    private int started;
    private boolean cannotStart;

    private final Generation nobody = new Generation(0);
    /** Nobody until the first generation is ready. */
    private Generation serving = nobody;
    /** Null unless one is on its way. */
    private @Nullable Generation coming;
    /** Whether the one that comes is out of date already. */
    private boolean overtaken;

    /** Null unless the application is loaded again when a file changes. */
    private @Nullable FileWatch watch;

    Supervisor(WorkerGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void begin(CompletableFuture<@Nullable Void> whenOpened) throws IOException {
        opened = whenOpened;
        if (gateway.config().isReloading()) {
            watch = FileWatch.start(gateway.config().watched(), change -> gateway.execute(() -> changed(change)));
        }
        succeed();
    }

    @Override
    public @Nullable Worker stranger(WorkerDoor.Introduction introduction) {
        return null;
    }

    // ---- Generations -----------------------------------------------------------------------------------------------

    /** Starts workers that take over once all of them are ready. */
    private void succeed() throws IOException {
        overtaken = false;
        Generation next = new Generation(gateway.config().workers());
        coming = next;
        while (!next.isFull()) {
            next.add(launch());
        }
        gateway.dispatcher().resume();
    }

    private Worker launch() throws IOException {
        Worker worker = gateway.during(this::launchNow);
        gateway.schedule(gateway.startupNanos(), () -> expire(worker));
        return worker;
    }

    private Worker launchNow() throws IOException {
        int number = ++started;
        Path directory = gateway.requireDirectory();
        PythonPackage.unpack(directory);
        BegunBoard board = gateway.board(number);
        LaunchedProcess process;
        try {
            process = LaunchedProcess.start(gateway.config(), directory, gateway.address(), gateway.secret(), number);
        } catch (IOException | RuntimeException | Error e) {
            board.close();
            throw e;
        }
        running.add(process);
        Worker worker = gateway.add(number, process, board);
        process.onExit(status -> gateway.execute(() -> exited(worker, process, status)));
        return worker;
    }

    /** Whatever it waits for, others wait for it. */
    private void expire(Worker worker) {
        if (!worker.isStarting()) {
            return;
        }
        String story = "worker " + worker.process.pid() + " has not loaded the application in "
                + TimeUnit.NANOSECONDS.toSeconds(gateway.startupNanos()) + " seconds (startup_timeout)";
        late.add(worker);
        if (coming != null && coming.contains(worker)) {
            giveUp(new WorkerFailedException(story, "", 1));
        } else {
            LOG.log(Level.ERROR, story);
        }
        worker.process.kill();
    }

    /** Loads the application again; what it was before goes on until that is done. */
    private void reload() {
        try {
            succeed();
        } catch (IOException e) {
            giveUp(new WorkerFailedException("cannot start a worker: " + e.getMessage(), "", 1));
        }
    }

    @Override
    public void ready(Worker worker) {
        if (serving.contains(worker)) {
            backoff.succeeded();
            worker.serve();
            if (gateway.dispatcher().isSuspended()) {
                LOG.log(Level.INFO, "The application can be loaded again");
                gateway.dispatcher().resume();
            }
        } else if (coming != null && coming.contains(worker) && coming.isReady()) {
            takeOver(coming);
        }
    }

    private void takeOver(Generation next) {
        Generation before = serving;
        serving = next;
        coming = null;
        backoff.succeeded();
        next.serve();
        before.retire();
        if (!opened.complete(null)) {
            LOG.log(Level.INFO, "The application was loaded again, " + next);
        }
        catchUp();
    }

    /** One that cannot load the application ends the coming of its generation. */
    @Override
    public void failed(Worker worker, WorkerFailedException failure) {
        if (coming != null && coming.contains(worker)) {
            giveUp(failure);
        } else if (serving.contains(worker)) {
            LOG.log(
                    Level.ERROR,
                    "worker " + worker.process.pid() + " cannot load the application:\n" + failure.story());
        }
    }

    /** The coming generation will not come. At the start of the server that is the end, unless a change may help. */
    private void giveUp(WorkerFailedException failure) {
        dismissComing();
        if (!opened.isDone() && (watch == null || watch.isEmpty())) {
            opened.completeExceptionally(failure);
            return;
        }
        opened.complete(null);
        String consequence = serving == nobody ? "waiting for a change" : "what was loaded before goes on";
        LOG.log(Level.ERROR, "Cannot load the application, " + consequence + ":\n" + failure.story());
        if (serving == nobody) {
            gateway.dispatcher().suspend(NOT_LOADED);
        }
        catchUp();
    }

    private void dismissComing() {
        if (coming != null) {
            coming.retire();
            coming = null;
        }
    }

    // ---- Changes ---------------------------------------------------------------------------------------------------

    @Override
    public void imported(Instant since, List<Path> files) {
        if (watch != null) {
            watch.add(since, files);
        }
    }

    private void changed(String change) {
        if (gateway.isClosing()) {
            return;
        }
        LOG.log(Level.INFO, "Loading the application again: " + change);
        Generation outdated = coming;
        if (outdated == null) {
            reload();
        } else if (!overtaken) {
            overtaken = true;
            gateway.schedule(PATIENCE_NANOS, () -> overtake(outdated));
        }
    }

    /** Loading never ends, it seems. */
    private void overtake(Generation outdated) {
        if (outdated == coming && !gateway.isClosing()) {
            dismissComing();
            reload();
        }
    }

    private void catchUp() {
        if (overtaken) {
            reload();
        }
    }

    // ---- The end of one --------------------------------------------------------------------------------------------

    private void exited(Worker worker, LaunchedProcess process, int status) {
        running.remove(process);
        if (!worker.isGone()) {
            worker.receiveLast();
        }
        if (coming != null && coming.contains(worker)) {
            String message = "Python (" + String.join(" ", gateway.config().python()) + ") " + describe(status)
                    + " before it had loaded the application";
            giveUp(new WorkerFailedException(status == Protocol.WRONG_PYTHON ? "" : message, "", 1));
        } else if (!late.remove(worker) && !worker.isRetired() && !gateway.isClosing()) {
            LOG.log(Level.ERROR, "worker " + worker.process.pid() + " " + describe(status));
        }
        worker.gone();
    }

    private static String describe(int status) {
        return status > 128 ? "was killed by signal " + (status - 128) : "ended with status " + status;
    }

    /** Another takes its place, if it served, or was to. */
    @Override
    public void gone(Worker worker) {
        if (serving.remove(worker)) {
            if (!worker.hasServed() && !serving.isServing()) {
                gateway.dispatcher().suspend(NOT_LOADED);
            }
            Generation bereft = serving;
            gateway.schedule(backoff.delayNanos(), () -> replenish(bereft));
        }
    }

    private void replenish(Generation bereft) {
        if (gateway.isClosing() || bereft != serving || serving.isFull()) {
            return;
        }
        try {
            Worker successor = launch();
            serving.add(successor);
            cannotStart = false;
            LOG.log(Level.INFO, "worker " + successor.process.pid() + " started");
        } catch (IOException | RuntimeException | Error e) {
            // Out of descriptors, processes or memory: that may pass.
            if (!cannotStart) {
                cannotStart = true;
                LOG.log(Level.ERROR, "cannot start a worker for now: " + e.getMessage());
            }
            gateway.schedule(backoff.retryNanos(), () -> replenish(bereft));
        }
    }

    @Override
    public void abandon() {
        running.forEach(LaunchedProcess::kill);
    }

    @Override
    public List<LaunchedProcess> close() {
        if (watch != null) {
            watch.close();
        }
        return List.copyOf(running);
    }
}
