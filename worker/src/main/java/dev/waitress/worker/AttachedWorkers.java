package dev.waitress.worker;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Workers that somebody else has started: the Python process that started this front, and what it forks. They come when
 * they are ready, and it is not for us to end or to replace them. Event loop only.
 */
final class AttachedWorkers implements Recruiter {
    private static final Logger LOG = System.getLogger("waitress");

    private final WorkerGateway gateway;

    AttachedWorkers(WorkerGateway gateway) {
        this.gateway = gateway;
    }

    /** A process that ends, or goes on with other things, once its sockets are closed. */
    private record AttachedProcess(long pid) implements WorkerProcess {
        @Override
        public void kill() {}
    }

    @Override
    public void begin(CompletableFuture<@Nullable Void> opened) {
        opened.complete(null);
    }

    @Override
    public @Nullable Worker stranger(WorkerDoor.Introduction introduction) throws IOException {
        if (gateway.isClosing()) {
            return null;
        }
        int number = introduction.number();
        Worker worker = gateway.add(number, new AttachedProcess(introduction.pid()), gateway.board(number));
        gateway.schedule(gateway.startupNanos(), () -> expire(worker));
        // Its sockets may be open in a child of the application, which lives on.
        Optional<ProcessHandle> process = ProcessHandle.of(introduction.pid());
        process.ifPresent(known -> {
            var unused = known.onExit().thenRun(() -> gateway.execute(() -> worker.lost(null)));
        });
        return worker;
    }

    private static void expire(Worker worker) {
        if (worker.isStarting()) {
            worker.lost(new IOException("it does not begin"));
        }
    }

    @Override
    public void ready(Worker worker) {
        worker.serve();
    }

    @Override
    public void failed(Worker worker, WorkerFailedException failure) {
        throw new IllegalArgumentException("a worker has come before its application");
    }

    @Override
    public void imported(Instant since, List<Path> files) {
        throw new IllegalArgumentException("nobody asked for the files of the application");
    }

    /** Another may be on its way already, and wants to find us. */
    @Override
    public void gone(Worker worker) {
        try {
            gateway.requireDirectory();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "no other worker can find the server", e);
        }
    }

    @Override
    public void abandon() {}

    @Override
    public List<LaunchedProcess> close() {
        return List.of();
    }
}
