package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Gateway;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Preload;
import dev.waitress.settings.Renewals;
import dev.waitress.settings.Rescues;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.task.TaskDispatcher;
import dev.waitress.wsgi.Application;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** Makes ready what answers the requests of one loop, before anything listens. */
@FunctionalInterface
public interface GatewayStarter {
    /**
     * Returns when requests can be answered.
     *
     * @param loop runs already
     * @throws IOException if the application cannot be started
     */
    Gateway start(EventLoop loop, PrivateDirectory directory) throws IOException, InterruptedException;

    /** Only large bodies need one: better known now than with the first of them. */
    private static void tellIfMissing(PrivateDirectory directory) {
        try {
            directory.path();
        } catch (IOException e) {
            System.getLogger("waitress").log(Level.WARNING, e.getMessage());
        }
    }

    /**
     * Answers by a Java application, on task threads.
     *
     * @throws SettingsException if it is to be loaded again, or workers are to be looked after: Python applications
     *     alone have workers
     */
    static GatewayStarter of(Application application, Settings settings) {
        Renewals.refuse(settings, "a Java application cannot be loaded again");
        Rescues.refuse(settings, "a Java application has no worker processes");
        Preload.refuseAll(settings, "a Java application has no worker processes");
        if (settings.get(Setting.WORKERS) > 1) {
            // Not refused: platforms set WEB_CONCURRENCY for whatever runs on them.
            System.getLogger("waitress")
                    .log(Level.WARNING, "workers is of no use: a Java application has no worker processes");
        }
        return (loop, directory) -> {
            tellIfMissing(directory);
            return new TaskDispatcher(application, settings, loop::execute, loop);
        };
    }
}
