package dev.waitress.worker.process;

import dev.waitress.loop.EventLoop;
import dev.waitress.loop.Leftovers;
import dev.waitress.loop.Timers;
import dev.waitress.loop.TurnTaker;
import dev.waitress.worker.pool.FirstMessage;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.wire.FrameLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Has workers forked from a process that has loaded the application, so that they share memory: one such process for
 * each time that it is loaded. It goes when its last worker does.
 */
public final class PreloadLauncher implements Launcher, TurnTaker, Zygote.Listener {
    private static final String CONTROL = "zygote";
    private static final String LEASH = "zygote-leash";

    /** It gives no answers, and so has no board. */
    private static final Path NO_BOARD = Path.of("");

    private final Starter python;
    private final WorkerPool pool;
    private final Timers timers;
    private final Executor loop;
    private final Leftovers leftovers;
    private final FirstMessage firstMessage;

    private final List<Zygote> zygotes = new ArrayList<>();
    private final Set<StartedProcess> running = ConcurrentHashMap.newKeySet();
    private int started;

    /** Of what serves. */
    private @Nullable Zygote current;
    /** Of what is being loaded, to serve. */
    private @Nullable Zygote next;

    /**
     * A launcher of workers, which the loop calls in every turn.
     *
     * @param leftovers what must not outlive the process
     * @param firstMessage what the process is told that loads the application, as any worker
     */
    PreloadLauncher(
            Starter python,
            WorkerPool pool,
            Timers timers,
            Executor loop,
            Leftovers leftovers,
            FirstMessage firstMessage) {
        this.python = python;
        this.pool = pool;
        this.timers = timers;
        this.loop = loop;
        this.leftovers = leftovers;
        this.firstMessage = firstMessage;
    }

    /** One that takes part in the turns of a loop. */
    public static PreloadLauncher on(EventLoop loop, Starter python, WorkerPool pool, FirstMessage firstMessage) {
        PreloadLauncher launcher =
                new PreloadLauncher(python, pool, loop, loop::execute, loop.leftovers(), firstMessage);
        loop.execute(() -> loop.join(launcher));
        return launcher;
    }

    // ---- Workers ---------------------------------------------------------------------------------------------------

    @Override
    public Worker launch(int number) throws IOException {
        return leftovers.during(() -> {
            current = usable(current);
            return fork(current, number);
        });
    }

    @Override
    public Worker launchSuccessor(int number) throws IOException {
        return leftovers.during(() -> {
            next = usable(next);
            return fork(next, number);
        });
    }

    private Zygote usable(@Nullable Zygote zygote) throws IOException {
        return zygote != null && zygote.isOfUse() ? zygote : start();
    }

    private Zygote start() throws IOException {
        StartedProcess process = python.zygote(++started);
        note(process);
        Zygote zygote = new Zygote(started, process, timers, loop, this);
        zygotes.add(zygote);
        return zygote;
    }

    private void note(StartedProcess process) {
        running.add(process);
        process.onExit(status -> running.remove(process));
    }

    private Worker fork(Zygote zygote, int number) throws IOException {
        Path stacks = python.stacks(number); // first: where it fails, nobody would close the board
        WorkerBoard board = python.board(number);
        ForkedProcess process = zygote.fork(number, stacks);
        note(process);
        return pool.add(number, process, board);
    }

    @Override
    public void adopt() {
        retire(current);
        current = next;
        next = null;
    }

    @Override
    public void discard() {
        retire(next);
        next = null;
    }

    private static void retire(@Nullable Zygote zygote) {
        if (zygote != null) {
            zygote.retire();
        }
    }

    @Override
    public String command() {
        return python.command();
    }

    // ---- What loads the application --------------------------------------------------------------------------------

    @Override
    public boolean welcome(WorkerDoor.Introduction introduction, FrameLink link) throws IOException {
        boolean isLeash = introduction.purpose().equals(LEASH);
        if (!isLeash && !introduction.purpose().equals(CONTROL)) {
            return false;
        }
        for (Zygote zygote : zygotes) {
            if (zygote.number() == introduction.number()) {
                if (isLeash) {
                    zygote.process().hold(link.release());
                } else {
                    zygote.attach(link, firstMessage.write(NO_BOARD, false));
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public void failed(int worker, String message, String traceback, int exitStatus) {
        Worker waiting = pool.find(worker);
        if (waiting != null) {
            waiting.failed(message, traceback, exitStatus);
        }
    }

    @Override
    public void over(Zygote zygote) {
        zygotes.remove(zygote);
    }

    @Override
    public void act(long nowNanos) {
        for (int i = 0; i < zygotes.size(); i++) {
            zygotes.get(i).receive();
        }
    }

    @Override
    public long settle(long nowNanos) {
        return NO_DEADLINE;
    }

    // ---- The end of the server -------------------------------------------------------------------------------------

    @Override
    public void close() {
        List.copyOf(zygotes).forEach(Zygote::retire);
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
