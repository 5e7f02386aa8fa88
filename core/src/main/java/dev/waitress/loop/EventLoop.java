package dev.waitress.loop;

import dev.waitress.buffer.MemoryBudget;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One thread that waits for sockets and owns all that is registered with it. A turn: take what is ready, run what other
 * threads asked for and what is due, let the turnTakers act, send each channel's output.
 *
 * <p>Event loop only, except {@link #execute}, {@link #start}, {@link #stop} and {@link #whenFailed}.
 */
public final class EventLoop implements Turns, Runnable {
    private static final Logger LOG = System.getLogger("waitress");
    private static final String UNCAUGHT = "uncaught exception on the event loop";

    /** Called when a registered socket is ready. */
    @FunctionalInterface
    public interface ReadyHandler {
        void ready(SelectionKey key) throws IOException;
    }

    private record Timer(long dueNanos, Runnable action) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.signum(dueNanos - other.dueNanos);
        }
    }

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Waiting waiting;
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final List<TurnTaker> turnTakers = new ArrayList<>();
    private final Clock clock;
    private final LoopResources resources;
    private final Leftovers leftovers = new Leftovers();

    private List<Flushable> dirty = new ArrayList<>();
    private List<Flushable> flushing = new ArrayList<>();
    private long nowNanos;
    private boolean stopped;
    private volatile Runnable whenFailed = () -> {};

    /**
     * A loop that does not run yet.
     *
     * @param recvBytes most bytes of one read
     * @param memory that of all clients of the server
     */
    public EventLoop(String name, int recvBytes, MemoryBudget memory, Clock clock) throws IOException {
        this.selector = Selector.open();
        this.waiting = new Waiting(selector, tasks, this::dispatch, clock);
        this.clock = clock;
        this.resources = new LoopResources(recvBytes, memory, clock);
        this.nowNanos = clock.nanos();
        this.thread = new Thread(this, name);
    }

    /**
     * Before it sleeps the loop looks for so long for what is on its way, where that has paid lately; to be said first.
     */
    public void lookFor(long nanos) {
        waiting.lookFor(nanos);
    }

    public void start() {
        leftovers.watch();
        thread.start();
    }

    /** Ends the loop after the current turn and waits for it. Its sockets must have been closed. */
    public void stop() throws InterruptedException {
        execute(() -> stopped = true);
        thread.join();
        leftovers.forget();
    }

    /** What the loop does if it fails, which is its end. Thread-safe. */
    public void whenFailed(Runnable action) {
        whenFailed = action;
    }

    /** Runs something on the loop, as soon as its turn comes; from the loop itself, at the next turn. Thread-safe. */
    public void execute(Runnable task) {
        tasks.add(task);
        waiting.wakeUp();
    }

    @Override
    public void schedule(long delayNanos, Runnable action) {
        timers.add(new Timer(clock.nanos() + delayNanos, action));
    }

    /** Watches a socket, which becomes non-blocking. */
    public SelectionKey register(SelectableChannel socket, int interest, ReadyHandler handler) throws IOException {
        socket.configureBlocking(false);
        return socket.register(selector, interest, handler);
    }

    public void join(TurnTaker turnTaker) {
        turnTakers.add(turnTaker);
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    /** What must not outlive the process. */
    public Leftovers leftovers() {
        return leftovers;
    }

    @Override
    public LoopResources resources() {
        return resources;
    }

    @Override
    public void markDirty(Flushable owner) {
        dirty.add(owner);
    }

    @Override
    public void run() {
        try {
            runTurns();
        } catch (IOException | RuntimeException | Error e) {
            try {
                LOG.log(Level.ERROR, "the event loop failed", e);
            } finally {
                whenFailed.run();
            }
        } finally {
            resources.close();
            closeQuietly();
        }
    }

    private void runTurns() throws IOException {
        long waitNanos = 0;
        while (!stopped || !tasks.isEmpty()) {
            try {
                waitNanos = turn(waitNanos);
            } catch (InternalError e) {
                // Memory was taken away that we have mapped. The virtual machine says so soon after the access, which
                // may be here: the rest of the turn is taken up by the next one.
                LOG.log(Level.ERROR, UNCAUGHT, e);
                waitNanos = 0;
            }
        }
    }

    private void closeQuietly() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the selector failed", e);
        }
    }

    private long turn(long waitNanos) throws IOException {
        waiting.await(waitNanos);
        nowNanos = clock.nanos();
        resources.updateDate(nowNanos, clock);
        runTasks();
        runTimers();
        for (TurnTaker turnTaker : turnTakers) {
            act(turnTaker);
        }
        flushDirty();
        long next = nextTimer();
        for (TurnTaker turnTaker : turnTakers) {
            next = Math.min(next, turnTaker.settle(nowNanos));
        }
        return dirty.isEmpty() && tasks.isEmpty() ? next : 0;
    }

    private void dispatch(SelectionKey key) {
        try {
            ((ReadyHandler) key.attachment()).ready(key);
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(Level.ERROR, UNCAUGHT, e);
            // Only that connection: a listener that has failed takes the next one.
            if (!(key.channel() instanceof ServerSocketChannel)) {
                key.cancel();
            }
        }
    }

    private void act(TurnTaker turnTaker) {
        try {
            turnTaker.act(nowNanos);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, UNCAUGHT, e);
        }
    }

    /** Those that are here now: what they put off themselves comes behind another look at the sockets. */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            run(tasks.remove());
        }
    }

    private void runTimers() {
        Timer next;
        while ((next = timers.peek()) != null && next.dueNanos - nowNanos <= 0) {
            timers.poll();
            run(next.action);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, UNCAUGHT, e);
        }
    }

    private long nextTimer() {
        Timer next = timers.peek();
        return next == null ? TurnTaker.NO_DEADLINE : Math.max(0, next.dueNanos - clock.nanos());
    }

    private void flushDirty() {
        List<Flushable> now = dirty;
        dirty = flushing;
        flushing = now;
        for (Flushable owner : now) {
            owner.flush();
        }
        now.clear();
    }
}
