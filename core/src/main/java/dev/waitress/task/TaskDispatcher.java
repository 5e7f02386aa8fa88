package dev.waitress.task;

import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.QueueDepth;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.loop.Timers;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a Java application on a fixed set of task threads, first come, first served. */
public final class TaskDispatcher implements Gateway {
    private static final Logger LOG = System.getLogger("waitress");

    private final Application application;
    private final Settings settings;
    private final Executor loop;
    private final Timers timers;
    private final BlockingQueue<AppTask> queue = new LinkedBlockingQueue<>();
    private final List<TaskThread> threads = new ArrayList<>();
    private final long bornNanos;

    /** Tasks that wait or run; one whose end has only to be handed over is none: its thread is about to be idle. */
    private final AtomicInteger unfinished = new AtomicInteger();

    private final Transit transit = new Transit();
    private final UnknownStatuses unknownStatuses = new UnknownStatuses();
    private final QueueDepth queueDepth = new QueueDepth();
    private final QueueStart start;
    private final QueueLimits limits;
    private final TaskLimit limit;

    /** Whether a timer runs for the task that waits for longest. Event loop only. */
    private boolean isWatched;

    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param loop runs what must happen on the event loop
     * @param timers those of the loop
     */
    public TaskDispatcher(Application application, Settings settings, Executor loop, Timers timers) {
        this.application = application;
        this.settings = settings;
        this.loop = loop;
        this.timers = timers;
        this.start = new QueueStart(settings, System::currentTimeMillis);
        this.limits = QueueLimits.of(settings);
        this.bornNanos = timers.nowNanos();
        this.limit = new TaskLimit(RunLimit.of(settings), timers, () -> unfinished.get() > 0);
        for (int i = 0; i < settings.getInt(Setting.THREADS); i++) {
            threads.add(new TaskThread("waitress-" + i, this::work));
        }
        threads.forEach(TaskThread::start);
    }

    @Override
    public void submit(Request request, Response response) {
        long nowNanos = timers.nowNanos();
        long waitedNanos = start.waitedNanos(request);
        if (limits.areOver(waitedNanos)
                || limits.areReachedBy(waiting()) && limits.areReachedBy(waitingForSomebody())) {
            request.body().discard();
            response.postpone();
            return;
        }
        int depth = unfinished.incrementAndGet() - threads.size();
        queueDepth.arrived(depth, nowNanos);
        queue.add(new AppTask(
                request.detach(),
                response,
                loop,
                transit,
                settings,
                unknownStatuses,
                nowNanos - waitedNanos,
                depth > 0 || waitedNanos > 0));
        limit.watch();
        if (limits.haveTimeout() && !isWatched) {
            watch(limits.timeoutNanos());
        }
    }

    private int waiting() {
        return unfinished.get() - threads.size();
    }

    /** Drops the tasks whose clients have left. */
    private int waitingForSomebody() {
        for (AppTask task : queue) {
            if (task.isDropped() && queue.remove(task)) { // else a thread was quicker
                unfinished.decrementAndGet();
            }
        }
        return waiting();
    }

    private void watch(long nanos) {
        isWatched = true;
        timers.schedule(nanos, this::refuseLate);
    }

    /** Refuses the tasks that no thread has taken in time. */
    private void refuseLate() {
        isWatched = false;
        for (AppTask oldest = queue.peek(); oldest != null; oldest = queue.peek()) {
            long left = limits.left(oldest.arrivedNanos(), timers.nowNanos());
            if (left > 0) {
                watch(left);
                return;
            }
            if (queue.remove(oldest)) { // else a thread was quicker
                unfinished.decrementAndGet();
                oldest.postpone();
            }
        }
    }

    private void work(TaskThread me) {
        Map<String, String> constants = Environ.constants(settings);
        Environ environ = new Environ(settings);
        while (!closed) {
            try {
                run(queue.take(), me, constants, environ);
            } catch (InterruptedException e) {
                // The server ends, or an application has left its thread interrupted: the loop's condition knows.
            } catch (Throwable e) { // the request has failed, and there are others
                LOG.log(Level.ERROR, "a task failed", e);
            }
        }
    }

    private void run(AppTask task, TaskThread me, Map<String, String> constants, Environ environ) {
        me.begins(task);
        limit.begin(task);
        try {
            task.run(application, constants, environ, Math.max(0, waiting()));
        } finally {
            limit.end(task);
            me.rests();
            unfinished.decrementAndGet();
            task.handOver();
        }
    }

    @Override
    public Operations operations() {
        return new TaskOperations(List.copyOf(threads), this::waiting, loop, timers, bornNanos);
    }

    @Override
    public void close(Duration within) {
        closed = true;
        threads.forEach(TaskThread::interrupt);
    }
}
