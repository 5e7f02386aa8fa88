package dev.waitress.worker;

import dev.waitress.exchange.Meters;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.platform.Platform;
import dev.waitress.settings.Preload;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.pool.FirstMessage;
import dev.waitress.worker.pool.Wear;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.process.Changes;
import dev.waitress.worker.process.FileWatch;
import dev.waitress.worker.process.MemoryWatch;
import dev.waitress.worker.process.Reasons;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which Python application runs, and on what.
 *
 * @param python command of the interpreter
 * @param application how its workers find it
 * @param settings those of the server
 */
public record WorkerConfig(List<String> python, PythonApplication application, Settings settings) {
    /** So often a worker is told, at least, before it may stop for want of credit. */
    private static final int CREDITS = 4;

    public WorkerConfig {
        python = List.copyOf(python);
    }

    int workers() {
        return settings.getInt(Setting.WORKERS);
    }

    /** Whether the application is loaded again when its files change. */
    boolean isReloading() {
        return settings.get(Setting.RELOAD);
    }

    /** Whether the application is loaded once, by a process that forks the workers. */
    boolean isPreloading() {
        return settings.get(Setting.PRELOAD);
    }

    /** Refuses what the system cannot do. */
    void requirePossible() {
        if (!Platform.current().hasFork()) {
            Preload.refuse(settings, "Windows has no fork, by which workers share what was loaded");
        }
        if (settings.get(Setting.MAX_WORKER_MEMORY) > 0 && !Platform.current().showsMemory()) {
            throw new SettingsException("max_worker_memory: nobody tells how much memory a process has on Windows");
        }
    }

    /** Why workers are replaced that live; fails at an entry that cannot be watched. */
    Reasons reasons() {
        return new Reasons(
                isReloading() ? new FileWatch(watched()) : Changes.NONE,
                new MemoryWatch(settings.get(Setting.MAX_WORKER_MEMORY)));
    }

    /** The file that an operator touches. */
    Changes touches() {
        String touched = settings.get(Setting.TOUCH_RELOAD);
        return touched.isEmpty() ? Changes.NONE : new FileWatch(List.of(touched));
    }

    /** Files to watch for changes, besides what the workers have imported. */
    List<String> watched() {
        List<String> files = new ArrayList<>(settings.get(Setting.RELOAD_EXTRA));
        if (!application.iniFile().isEmpty()) {
            files.add(application.iniFile());
        }
        if (!logConfig().isEmpty()) {
            files.add(logConfig());
        }
        return files;
    }

    /** Absolute path of the file that sets up logging in the workers; empty if there is none. */
    String logConfig() {
        String file = settings.get(Setting.LOG_CONFIG);
        return file.isEmpty() ? "" : Path.of(file).toAbsolutePath().toString();
    }

    int threads() {
        return settings.getInt(Setting.THREADS);
    }

    /** How many responses give their threads back while they are streamed. */
    int streamThreads() {
        return settings.getInt(Setting.STREAM_THREADS);
    }

    /** How long a worker may take to be ready. */
    long startupNanos() {
        return TimeUnit.SECONDS.toNanos(settings.get(Setting.STARTUP_TIMEOUT));
    }

    /** What holds for all workers, which are told this first. */
    WorkerTerms terms(FirstMessage firstMessage) {
        return new WorkerTerms(
                threads(),
                streamThreads(),
                startupNanos(),
                TimeUnit.SECONDS.toNanos(settings.get(Setting.WORKER_TIMEOUT)),
                TimeUnit.SECONDS.toNanos(settings.get(Setting.SHUTDOWN_TIMEOUT)),
                new Wear(
                        settings.get(Setting.MAX_REQUESTS),
                        settings.get(Setting.MAX_REQUESTS_JITTER),
                        TimeUnit.SECONDS.toNanos(settings.get(Setting.MAX_WORKER_AGE))),
                settings.get(Setting.RETRY_IDEMPOTENT),
                Math.max(1, settings.get(Setting.OUTBUF_HIGH_WATERMARK) / CREDITS),
                firstMessage,
                new UnknownStatuses(),
                RunLimit.of(settings),
                new QueueStart(settings, System::currentTimeMillis),
                QueueLimits.of(settings),
                new Tally(),
                Meters.of(settings));
    }
}
