package dev.waitress.worker;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Workers that we start, watch, and replace when they go. Event loop only. */
final class LaunchedWorkers implements Recruiter {
    private static final Logger LOG = System.getLogger("waitress");

    private final WorkerGateway gateway;
    private final Restarts restarts = new Restarts();
    private CompletableFuture<@Nullable Void> firstReady = new CompletableFuture<>();
    private int started;

    LaunchedWorkers(WorkerGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void begin(CompletableFuture<@Nullable Void> opened) throws IOException {
        firstReady = opened;
        for (int i = 0; i < gateway.config().workers(); i++) {
            start();
        }
    }

    private Worker start() throws IOException {
        int number = ++started;
        LaunchedProcess process = LaunchedProcess.start(
                gateway.config(), gateway.directory(), gateway.address(), gateway.secret(), number);
        Worker worker = gateway.add(number, process);
        process.onExit(status -> gateway.execute(() -> exited(worker, status)));
        return worker;
    }

    @Override
    public @Nullable Worker stranger(Rendezvous.Introduction introduction) {
        return null;
    }

    @Override
    public void ready() {
        restarts.succeeded();
        if (gateway.allAreReady()) {
            firstReady.complete(null);
        }
    }

    /** The end at the start of the server, a reason to try again later. */
    @Override
    public void failed(Worker worker, WorkerFailedException failure) {
        if (!firstReady.completeExceptionally(failure)) {
            LOG.log(
                    Level.ERROR,
                    "worker " + worker.process.pid() + " cannot load the application: " + failure.getMessage() + "\n"
                            + failure.traceback());
        }
    }

    private void exited(Worker worker, int status) {
        if (!worker.isGone()) {
            worker.receiveLast();
        }
        if (!firstReady.isDone()) {
            String message = "Python (" + String.join(" ", gateway.config().python()) + ") " + describe(status)
                    + " before it had loaded the application";
            firstReady.completeExceptionally(
                    new WorkerFailedException(status == Protocol.WRONG_PYTHON ? "" : message, "", 1));
        } else if (!gateway.isClosing() && !firstReady.isCompletedExceptionally()) {
            LOG.log(Level.ERROR, "worker " + worker.process.pid() + " " + describe(status));
        }
        worker.gone();
    }

    private static String describe(int status) {
        return status > 128 ? "was killed by signal " + (status - 128) : "ended with status " + status;
    }

    /** Another takes its place. */
    @Override
    public void gone() {
        if (!gateway.isClosing() && firstReady.isDone() && !firstReady.isCompletedExceptionally()) {
            gateway.schedule(restarts.delayNanos(), this::replace);
        }
    }

    private void replace() {
        if (gateway.isClosing() || gateway.workers() >= gateway.config().workers()) {
            return;
        }
        try {
            LOG.log(Level.INFO, "worker " + start().process.pid() + " started");
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot start a worker", e);
            gateway.schedule(restarts.delayNanos(), this::replace);
        }
    }
}
