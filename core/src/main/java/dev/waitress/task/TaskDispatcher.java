package dev.waitress.task;

import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Meters;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.QueueDepth;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.loop.Timers;
import dev.waitress.meter.Meter;
import dev.waitress.meter.ProcessMetrics;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;

/** Runs a Java application on task threads. */
public final class TaskDispatcher implements Gateway {
    private static final Logger LOG = System.getLogger("waitress");

    private final Application application;
    private final Settings settings;
    private final Executor loop;
    private final Timers timers;
    private final TaskPool pool;
    private final long bornNanos;

    private final Transit transit = new Transit();
    private final UnknownStatuses unknownStatuses = new UnknownStatuses();
    private final QueueDepth queueDepth = new QueueDepth();
    private final QueueStart start;
    private final QueueLimits limits;
    private final TaskLimit limit;
    private final Meter meter;
    private final Metrics metrics;

    /** Whether a timer runs for the task that waits for longest. Event loop only. */
    private boolean isWatched;

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
        this.limit = new TaskLimit(RunLimit.of(settings), timers, this::isBusy);
        this.meter = Meters.of(settings);
        this.metrics = meter.limit() == 0 ? Metrics.NONE : new ProcessMetrics(meter);
        this.pool = new TaskPool(
                settings.getInt(Setting.THREADS),
                settings.getInt(Setting.STREAM_THREADS),
                ThreadKind.of(settings),
                this::work);
        pool.open();
    }

    private boolean isBusy() {
        return pool.isBusy();
    }

    @Override
    public void submit(Request request, Response response) {
        long nowNanos = timers.nowNanos();
        long waitedNanos = start.waitedNanos(request);
        if (limits.areOver(waitedNanos)
                || limits.areReachedBy(pool.excess()) && limits.areReachedBy(waitingForSomebody())) {
            request.body().discard();
            response.postpone();
            return;
        }
        int depth = pool.excess() + 1;
        queueDepth.arrived(depth, nowNanos);
        pool.add(new AppTask(
                request.detach(),
                response,
                loop,
                transit,
                settings,
                unknownStatuses,
                metrics,
                nowNanos - waitedNanos,
                depth > 0 || waitedNanos > 0));
        limit.watch();
        if (limits.haveTimeout() && !isWatched) {
            watch(limits.timeoutNanos());
        }
    }

    /** Drops the tasks whose clients have left. */
    private int waitingForSomebody() {
        pool.removeIf(AppTask::isDropped);
        return pool.excess();
    }

    private void watch(long nanos) {
        isWatched = true;
        timers.schedule(nanos, this::refuseLate);
    }

    /** Refuses the tasks that no thread has taken in time. */
    private void refuseLate() {
        isWatched = false;
        for (AppTask oldest = pool.oldest(); oldest != null; oldest = pool.oldest()) {
            long left = limits.left(oldest.arrivedNanos(), timers.nowNanos());
            if (left > 0) {
                watch(left);
                return;
            }
            if (pool.remove(oldest)) { // else a thread was quicker
                oldest.postpone();
            }
        }
    }

    private void work(TaskThread me) {
        Map<String, String> constants = Environ.constants(settings);
        Environ environ = new Environ(settings);
        for (AppTask task = pool.take(me); task != null; task = pool.take(me)) {
            try {
                run(task, me, constants, environ);
            } catch (Throwable e) { // the request has failed, and there are others
                LOG.log(Level.ERROR, "a task failed", e);
            }
        }
    }

    private void run(AppTask task, TaskThread me, Map<String, String> constants, Environ environ) {
        me.begins(task);
        limit.begin(task);
        try {
            task.run(application, constants, environ, Math.max(0, pool.excess()), () -> pool.stream(task));
        } finally {
            limit.end(task);
            me.rests();
            pool.end(task);
            task.handOver();
        }
    }

    @Override
    public Meter meter() {
        return meter;
    }

    @Override
    public Operations operations() {
        return new TaskOperations(pool, loop, timers, bornNanos);
    }

    @Override
    public void close(Duration within) {
        pool.close();
    }
}
