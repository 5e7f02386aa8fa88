package dev.waitress.worker.process;

import dev.waitress.loop.Leftovers;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.pool.WorkerPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Starts Python on the worker package, and the worker that it is in a pool. */
public final class ProcessLauncher implements Launcher {
    private final List<String> python;
    private final String title;
    private final WorkerHome home;
    private final WorkerPool pool;
    private final Leftovers leftovers;
    private final Set<LaunchedProcess> running = ConcurrentHashMap.newKeySet();

    /**
     * A launcher of workers.
     *
     * @param python command of the interpreter
     * @param title what process lists show of the application
     * @param leftovers what must not outlive the process
     */
    public ProcessLauncher(List<String> python, String title, WorkerHome home, WorkerPool pool, Leftovers leftovers) {
        this.python = python;
        this.title = title;
        this.home = home;
        this.pool = pool;
        this.leftovers = leftovers;
    }

    @Override
    public Worker launch(int number) throws IOException {
        return leftovers.during(() -> launchNow(number));
    }

    private Worker launchNow(int number) throws IOException {
        Path directory = home.requireDirectory();
        PythonPackage.unpack(directory);
        WorkerBoard board = home.board(number);
        LaunchedProcess process;
        try {
            process = LaunchedProcess.start(python, title, directory, home.address(), home.secret(), number);
        } catch (IOException | RuntimeException | Error e) {
            board.close();
            throw e;
        }
        running.add(process);
        process.onExit(status -> {
            running.remove(process);
            process.forgetStacks();
        });
        return pool.add(number, process, board);
    }

    @Override
    public String command() {
        return String.join(" ", python);
    }

    @Override
    public List<LaunchedProcess> running() {
        return List.copyOf(running);
    }

    @Override
    public void abandon() {
        running.forEach(LaunchedProcess::kill);
    }
}
