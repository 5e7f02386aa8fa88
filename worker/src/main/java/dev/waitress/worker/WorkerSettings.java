package dev.waitress.worker;

import dev.waitress.exchange.Environ;
import dev.waitress.platform.Shortcuts;
import dev.waitress.settings.Setting;
import dev.waitress.worker.memory.BodySlots;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.wire.MarshalWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a worker has to know before it can load the application: the first message on its control socket. */
final class WorkerSettings {
    /** How often a worker meets a head before it is worth a number. */
    private static final int HEAD_TIMES = 3;

    private WorkerSettings() {}

    /**
     * As a marshal dictionary.
     *
     * @param board file of its {@link WorkerBoard}
     * @param byDescriptor whether we can open what the worker has open
     */
    static MarshalWriter write(WorkerConfig config, Path board, @Nullable BodySlots bodies, boolean byDescriptor) {
        MarshalWriter writer = new MarshalWriter(1024);
        writer.dict();
        config.application().write(writer);
        writer.text("threads");
        writer.integer(config.threads());
        writer.text("stream_threads");
        writer.integer(config.streamThreads());
        writer.text("workers");
        writer.integer(config.workers());
        writer.text("reload");
        writer.bool(config.isReloading());
        writer.text("board");
        writer.text(board.toString());
        writer.text("bodies");
        writer.text(bodies == null ? "" : bodies.path().toString());
        writer.text("body_slot_bytes");
        writer.integer(BodySlots.SLOT_BYTES);
        writer.text("by_descriptor");
        writer.bool(byDescriptor);
        writer.text("head_times");
        writer.integer(Shortcuts.current().timesUntilRemembered(HEAD_TIMES));
        writer.text("outbuf_high_watermark");
        writer.integer((int) Math.min(Integer.MAX_VALUE, config.settings().get(Setting.OUTBUF_HIGH_WATERMARK)));
        writer.text("log_level");
        writer.text(config.settings().get(Setting.LOG_LEVEL));
        writer.text("log_format");
        writer.text(config.settings().get(Setting.LOG_FORMAT));
        writer.text("log_config");
        writer.text(config.logConfig());
        writer.text("request_timeout");
        writer.integer(config.settings().getInt(Setting.REQUEST_TIMEOUT));
        writer.text("expose_tracebacks");
        writer.bool(config.settings().get(Setting.EXPOSE_TRACEBACKS)
                || !config.settings().get(Setting.METRICS_LISTEN).isEmpty()); // for the page
        writer.text("metrics_limit");
        writer.integer(
                config.settings().get(Setting.METRICS_LISTEN).isEmpty()
                        ? 0
                        : config.settings().getInt(Setting.METRICS_LIMIT));
        writer.text("warmup_path");
        writer.text(config.settings().get(Setting.WARMUP_PATH));
        writer.text("post_fork");
        writer.text(config.settings().get(Setting.POST_FORK));
        writer.text("worker_exit");
        writer.text(config.settings().get(Setting.WORKER_EXIT));
        writer.text("environ");
        environ(writer, config);
        writer.endDict();
        return writer;
    }

    private static void environ(MarshalWriter writer, WorkerConfig config) {
        writer.dict();
        Environ.constants(config.settings()).forEach((name, value) -> {
            writer.text(name);
            writer.text(value);
        });
        writer.text("wsgi.multithread");
        writer.bool(true);
        writer.text("wsgi.multiprocess");
        writer.bool(config.workers() > 1);
        writer.endDict();
    }
}
