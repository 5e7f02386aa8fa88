package dev.waitress.worker.pool;

import dev.waitress.http.Printable;
import dev.waitress.loop.Lifetime;
import dev.waitress.loop.Timers;
import dev.waitress.worker.wire.ControlReader;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One worker process, as the front sees it; its life is drawn at {@link WorkerState}. Event loop only. */
public final class Worker implements ControlReader.Listener, Workload.Listener {
    private static final Logger LOG = System.getLogger("waitress");

    /** A worker that ends may take this long over it. */
    public static final Duration QUIT_LIMIT = Duration.ofSeconds(5);

    private final int number;
    private final WorkerProcess process;
    private final WorkerBoard board;
    private final WorkerTerms terms;
    private final Timers timers;
    /** What it is to do at some time: nothing of it when it is dead. */
    private final Lifetime lifetime;

    private final WorkerListener listener;
    private final ControlWriter control = new ControlWriter();
    private final Workload workload;
    private final Questions questions;

    private WorkerState state = WorkerState.STARTING;
    private final WorkerLinks links = new WorkerLinks();

    Worker(
            int number,
            WorkerProcess process,
            WorkerBoard board,
            WorkerTerms terms,
            Timers timers,
            Batches batches,
            WorkerListener listener) {
        this.number = number;
        this.process = process;
        this.board = board;
        this.terms = terms;
        this.timers = timers;
        this.lifetime = new Lifetime(timers);
        this.listener = listener;
        this.workload = new Workload(number, process, terms, lifetime, batches, board, control, this);
        Heartbeat heartbeat = new Heartbeat(
                process, terms.silenceNanos(), lifetime, control, links::receive, since -> listener.hung(this, since));
        this.questions = new Questions(heartbeat, workload.limit(), control, workload::located);
        expect(terms.startupNanos(), WorkerState.STARTING, () -> listener.late(this));
    }

    /** Which of the workers it is; its connections say the same. */
    int number() {
        return number;
    }

    public WorkerProcess process() {
        return process;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isStarting() {
        return state == WorkerState.STARTING;
    }

    public boolean isReady() {
        return state == WorkerState.READY;
    }

    WorkerState state() {
        return state;
    }

    long ageNanos() {
        return lifetime.ageNanos();
    }

    boolean isServing() {
        return state == WorkerState.SERVING;
    }

    /** Whether it serves, and would answer. */
    boolean isAnswering() {
        return state == WorkerState.SERVING && !questions.areUnanswered();
    }

    /** Whether it serves, and has not answered for so long that it is to be ended. */
    public boolean isHung() {
        return isServing() && questions.areOver();
    }

    /** Whether it has been of use: it has answered a request. */
    public boolean hasAnswered() {
        return workload.countAnswered() > 0;
    }

    // ---- Life: what it is told -------------------------------------------------------------------------------------

    /**
     * One of its sockets has arrived; with both it is told what to serve.
     *
     * @param pid of the process that has connected
     */
    public void attach(String purpose, long pid, FrameLink link) throws IOException {
        process.connected(pid);
        if (purpose.equals("leash")) {
            process.hold(link.release());
            return;
        }
        links.add(purpose, link);
        if (purpose.equals("requests")) {
            workload.sendOn(link);
        } else {
            control.sendOn(link);
            link.handOver(new ControlReader(this, questions, listener));
        }
        if (links.areComplete()) {
            WorkerFiles files = WorkerFiles.of(process, pid);
            workload.handover().allow(files);
            control.begin(terms.firstMessage().write(board.path(), files.byDescriptor()));
        }
    }

    /** From now on it is given requests. */
    public void serve() {
        state = WorkerState.SERVING;
        questions.begin();
        terms.wear().watchAge(lifetime, this::worn);
    }

    /** From now on it is given no requests; it quits as soon as it holds none, which others may take off it. */
    public void retire() {
        if (state.compareTo(WorkerState.DRAINING) >= 0) {
            return;
        }
        if (workload.isIdle() || questions.areInVain()) {
            quit();
            return;
        }
        leaveFor(WorkerState.DRAINING);
        workload.recall();
        expect(terms.drainNanos(), WorkerState.DRAINING, () -> {
            LOG.log(Level.WARNING, "worker " + pid() + " was replaced, but its requests do not end");
            process.kill();
        });
    }

    /** It is to finish what it runs, then to end. */
    public void quit() {
        if (state.compareTo(WorkerState.QUITTING) >= 0) {
            return;
        }
        leaveFor(WorkerState.QUITTING);
        if (control.isConnected() && !questions.areInVain()) {
            control.quit();
            killSoon();
        } else {
            process.kill(); // it would not hear of it
        }
    }

    private void leaveFor(WorkerState next) {
        state = next;
        questions.end();
    }

    /** A worker that has closed its sockets, or was told to quit, ends by itself, unless it hangs over it. */
    private void killSoon() {
        timers.schedule(QUIT_LIMIT.toNanos(), process::kill);
    }

    /** Acts if it has not left this state by then. */
    private void expect(long nanos, WorkerState left, Runnable action) {
        lifetime.schedule(nanos, () -> {
            if (state == left) {
                action.run();
            }
        });
    }

    // ---- Life: what it says and does -------------------------------------------------------------------------------

    @Override
    public void ready() {
        if (state == WorkerState.STARTING) {
            state = WorkerState.READY;
            listener.ready(this);
        }
    }

    @Override
    public void failed(String message, String traceback, int exitStatus) {
        listener.failed(this, new LoadFailure(message, traceback, exitStatus));
    }

    @Override
    public void idle() {
        if (state == WorkerState.DRAINING) {
            quit();
        }
    }

    @Override
    public void overloaded() {
        listener.overloaded(this);
    }

    @Override
    public void worn(Worn why) {
        if (state == WorkerState.SERVING) {
            listener.worn(this, why);
        }
    }

    @Override
    public void recalled(int[] ids) {
        listener.gaveBack(workload.recalled(ids));
        if (workload.isIdle()) {
            idle();
        }
    }

    @Override
    public void lost(@Nullable Throwable failure) {
        if (state == WorkerState.DEAD) {
            return;
        }
        if (failure == null || failure instanceof IOException) {
            killSoon();
            receiveLast();
            die();
            return;
        }
        links.close(); // before anything else: there may be no memory but what they hold
        String reason = failure instanceof IllegalArgumentException
                ? " broke the protocol: " + failure.getMessage()
                : " is ended, what it said cannot be taken in: " + failure;
        LOG.log(Level.ERROR, "worker " + pid() + Printable.of(reason));
        process.kill();
        die();
    }

    /** Takes in what it said before it ended. */
    public void receiveLast() {
        links.receiveLast();
    }

    /** It is no more: its process has ended, or nothing sensible comes from it. */
    public void die() {
        if (state == WorkerState.DEAD) {
            return;
        }
        leaveFor(WorkerState.DEAD);
        lifetime.end();
        control.end();
        links.close();
        Remains remains = workload.end();
        board.close();
        listener.died(this, remains);
    }

    // ---- Requests --------------------------------------------------------------------------------------------------

    /** How many more requests it may be given now. */
    int room() {
        return isAnswering() ? workload.room() : 0;
    }

    Workload workload() {
        return workload;
    }

    /** What it can be asked. */
    Questions questions() {
        return questions;
    }

    /** Takes in its answers and messages. */
    void receive() {
        links.receive();
    }

    /** Hands it a log record; false if it cannot take it. */
    boolean log(Consumer<MarshalWriter> record) {
        return state == WorkerState.SERVING && control.log(record);
    }
}
