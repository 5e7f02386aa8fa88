package dev.waitress.worker.process;

import dev.waitress.loop.Timers;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.Worn;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * What is done about workers that do not come, and about those that no longer answer: the log says where their threads
 * are, and then they are given up. Who comes or answers meanwhile is left alone. Event loop only.
 */
final class Unanswering {
    private static final Logger LOG = System.getLogger("waitress");

    /** Python writes at once; whoever cannot within this time will not. */
    static final long MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Timers timers;
    private final long startupNanos;
    private final BiConsumer<Worker, LoadFailure> tooLate;
    private final BiConsumer<Worker, Worn> replace;

    /**
     * Does so for the workers of a supervisor.
     *
     * @param tooLate ends one that does not come
     * @param replace replaces one that no longer answers
     */
    Unanswering(
            Timers timers,
            long startupNanos,
            BiConsumer<Worker, LoadFailure> tooLate,
            BiConsumer<Worker, Worn> replace) {
        this.timers = timers;
        this.startupNanos = startupNanos;
        this.tooLate = tooLate;
        this.replace = replace;
    }

    /** One has taken too long to load the application. */
    void late(Worker worker) {
        worker.process().askForStacks(timers, MOMENT_NANOS, stacks -> {
            if (worker.isStarting()) {
                String story = "worker " + worker.pid() + " has not loaded the application in "
                        + TimeUnit.NANOSECONDS.toSeconds(startupNanos) + " seconds (startup_timeout)";
                tooLate.accept(worker, new LoadFailure(story, stacks, LoadFailure.EXIT_STATUS));
            }
        });
    }

    /** One that serves has not answered for so long. */
    void hung(Worker worker, Duration since) {
        String who = "worker " + worker.pid();
        LOG.log(Level.ERROR, who + " has not answered for " + since.toSeconds() + " seconds (worker_timeout)");
        worker.process().askForStacks(timers, MOMENT_NANOS, stacks -> {
            if (worker.isHung()) {
                String where = stacks.isEmpty()
                        ? " does not say where its threads are: it is stopped, or its Python cannot tell"
                        : " is here:\n" + stacks;
                LOG.log(Level.ERROR, who + where);
                replace.accept(worker, Worn.UNANSWERING);
            }
        });
    }
}
