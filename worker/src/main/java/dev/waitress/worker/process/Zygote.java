package dev.waitress.worker.process;

import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.ZygoteReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A process that has loaded the application and forks workers. Event loop only.
 *
 * <pre>
 *              ready              retire              its last worker has ended
 *   LOADING ──────────► FORKING ──────────► RETIRED ─────────────────────────────► OVER
 *      │ failed, or nobody waits for it any more                                    ▲
 *      └────────────────────────────────────────────────────────────────────────────┘
 *                                   from every state when its process ends
 * </pre>
 *
 * <p>A worker that waits for LOADING has the deadline for that; when none waits any more, the process is killed.
 */
final class Zygote implements ZygoteReader.Listener {
    private static final Logger LOG = System.getLogger("waitress");

    private enum State {
        LOADING,
        FORKING,
        RETIRED,
        OVER
    }

    /** Who is told how it gets on. */
    interface Listener {
        /** This worker cannot be forked: the application cannot be loaded. */
        void failed(int worker, String message, String traceback, int exitStatus);

        /** Its process has ended. */
        void over(Zygote zygote);
    }

    private final int number;
    private final StartedProcess process;
    private final Timers timers;
    private final Executor loop;
    private final Listener listener;
    private final ControlWriter control = new ControlWriter();

    /** Workers that have not ended, by number. */
    private final Map<Integer, ForkedProcess> workers = new LinkedHashMap<>();

    private State state = State.LOADING;
    private @Nullable FrameLink link;

    /** One whose process has been started. */
    Zygote(int number, StartedProcess process, Timers timers, Executor loop, Listener listener) {
        this.number = number;
        this.process = process;
        this.timers = timers;
        this.loop = loop;
        this.listener = listener;
        process.onExit(status -> loop.execute(() -> ended(status)));
    }

    /** Which of its kind it is; its connections say the same. */
    int number() {
        return number;
    }

    StartedProcess process() {
        return process;
    }

    /** Whether it forks, now or when it has loaded the application. */
    boolean isOfUse() {
        return state.compareTo(State.RETIRED) < 0;
    }

    // ---- What it is told -------------------------------------------------------------------------------------------

    /** It has connected, and is told what to load. */
    void attach(FrameLink newLink, MarshalWriter settings) {
        link = newLink;
        newLink.handOver(new ZygoteReader(this));
        control.sendOn(newLink);
        control.begin(settings);
    }

    /** Takes in what it has said. */
    void receive() {
        if (link != null) {
            link.receive();
        }
    }

    /** Has it fork a worker, now or when it has loaded the application. */
    ForkedProcess fork(int worker, Path stacks) {
        ForkedProcess forked = new ForkedProcess(worker, process, stacks, killed -> loop.execute(() -> killed(killed)));
        workers.put(worker, forked);
        if (state == State.FORKING) {
            order(forked);
        }
        return forked;
    }

    private void order(ForkedProcess worker) {
        control.fork(worker.number(), worker.stacksPath());
    }

    /** One is not wanted any more. */
    private void killed(ForkedProcess worker) {
        if (!workers.containsValue(worker)) {
            return;
        }
        if (state != State.LOADING) {
            // If it is on its way, it is killed when it comes.
            awaitEnd(worker);
            return;
        }
        end(worker.number(), ForkedProcess.WITHDRAWN);
        if (workers.isEmpty()) {
            retire();
        }
    }

    private void awaitEnd(ForkedProcess worker) {
        timers.schedule(Worker.QUIT_LIMIT.toNanos(), () -> giveUp(worker));
    }

    /**
     * It was to fork this one and has not, or has not told of its end and keeps what is old: it does nothing any more.
     */
    private void giveUp(ForkedProcess worker) {
        if (workers.containsValue(worker) && (worker.isExpected() || state == State.RETIRED)) {
            process.kill();
        }
    }

    /** It forks no more, and ends with the last of its workers. */
    void retire() {
        if (!isOfUse()) {
            return;
        }
        boolean isLoaded = state == State.FORKING;
        state = State.RETIRED;
        if (!isLoaded) {
            process.kill();
        } else {
            endIfUnused();
            workers.values().stream().filter(ForkedProcess::isKilled).forEach(this::awaitEnd);
        }
    }

    private void endIfUnused() {
        if (state == State.RETIRED && workers.isEmpty()) {
            control.quit();
            killSoon();
        }
    }

    /** It ends by itself, unless the application keeps it from that. */
    private void killSoon() {
        timers.schedule(Worker.QUIT_LIMIT.toNanos(), process::kill);
    }

    // ---- What it says and does -------------------------------------------------------------------------------------

    @Override
    public void ready() {
        if (state == State.LOADING) {
            state = State.FORKING;
            LOG.log(Level.INFO, "zygote " + process.pid() + " has loaded the application");
            workers.values().forEach(this::order);
        }
    }

    @Override
    public void failed(String message, String traceback, int exitStatus) {
        state = State.RETIRED;
        killSoon();
        List.copyOf(workers.keySet()).forEach(worker -> listener.failed(worker, message, traceback, exitStatus));
    }

    @Override
    public void forked(int worker, long pid) {
        ForkedProcess forked = workers.get(worker);
        if (forked != null) {
            forked.connected(pid);
        }
    }

    @Override
    public void exited(int worker, int status) {
        end(worker, status);
        endIfUnused();
    }

    private void end(int worker, int status) {
        ForkedProcess forked = workers.remove(worker);
        if (forked != null) {
            forked.exited(status);
        }
    }

    @Override
    public void lost(@Nullable Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            LOG.log(Level.ERROR, "zygote " + process.pid() + " broke the protocol: " + failure.getMessage());
        }
        closeLink();
        process.kill(); // if it has not ended: nothing comes from it any more
    }

    private void closeLink() {
        control.end();
        if (link != null) {
            link.close();
        }
    }

    private void ended(int status) {
        if (link != null) {
            link.receiveLast();
        }
        if (state == State.FORKING) {
            LOG.log(
                    Level.ERROR,
                    "zygote " + process.pid() + " " + LaunchedProcess.describe(status)
                            + "; its workers go on, and another one forks the next");
        }
        state = State.OVER;
        closeLink();
        workers.values().forEach(worker -> worker.orphaned(status));
        workers.clear();
        listener.over(this);
    }
}
