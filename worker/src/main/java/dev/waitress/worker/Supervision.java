package dev.waitress.worker;

import dev.waitress.loop.EventLoop;
import dev.waitress.worker.pool.FirstMessage;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.process.Launcher;
import dev.waitress.worker.process.PreloadLauncher;
import dev.waitress.worker.process.ProcessLauncher;
import dev.waitress.worker.process.PythonStarter;
import dev.waitress.worker.process.Reasons;
import dev.waitress.worker.process.Supervisor;
import dev.waitress.worker.process.WorkerHome;
import dev.waitress.worker.process.WorkerSource;

/** Puts together what starts workers, and replaces them. */
final class Supervision {
    private Supervision() {}

    /** For the workers of a pool, as the settings want it. */
    static WorkerSource of(
            WorkerConfig config,
            WorkerHome home,
            WorkerPool pool,
            EventLoop loop,
            FirstMessage firstMessage,
            Reasons reasons) {
        PythonStarter python =
                new PythonStarter(config.python(), config.application().title(), home);
        Launcher launcher = config.isPreloading()
                ? PreloadLauncher.on(loop, python, pool, firstMessage)
                : new ProcessLauncher(python, pool, loop.leftovers());
        return new Supervisor(
                config.workers(),
                launcher,
                pool.intake(),
                loop,
                loop::execute,
                config.startupNanos(),
                reasons,
                pool.tally());
    }
}
