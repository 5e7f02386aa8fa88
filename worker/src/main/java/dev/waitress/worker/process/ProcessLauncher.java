package dev.waitress.worker.process;

import dev.waitress.loop.Leftovers;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.pool.WorkerPool;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Starts Python on the worker package, and the worker that it is in a pool. */
public final class ProcessLauncher implements Launcher {
    private final Starter python;
    private final WorkerPool pool;
    private final Leftovers leftovers;
    private final Set<StartedProcess> running = ConcurrentHashMap.newKeySet();

    /**
     * A launcher of workers.
     *
     * @param leftovers what must not outlive the process
     */
    public ProcessLauncher(Starter python, WorkerPool pool, Leftovers leftovers) {
        this.python = python;
        this.pool = pool;
        this.leftovers = leftovers;
    }

    @Override
    public Worker launch(int number) throws IOException {
        return leftovers.during(() -> launchNow(number));
    }

    private Worker launchNow(int number) throws IOException {
        WorkerBoard board = python.board(number);
        StartedProcess process;
        try {
            process = python.worker(number);
        } catch (IOException | RuntimeException | Error e) {
            board.close();
            throw e;
        }
        running.add(process);
        process.onExit(status -> running.remove(process));
        return pool.add(number, process, board);
    }

    @Override
    public String command() {
        return python.command();
    }

    @Override
    public List<StartedProcess> running() {
        return List.copyOf(running);
    }

    @Override
    public void abandon() {
        running.forEach(StartedProcess::kill);
    }
}
