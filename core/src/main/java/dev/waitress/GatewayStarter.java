package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.channel.EventLoop;
import dev.waitress.gateway.Gateway;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.task.TaskDispatcher;
import dev.waitress.wsgi.Application;
import java.io.IOException;

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

    /**
     * Answers by a Java application, on task threads.
     *
     * @throws SettingsException if it is to be loaded again when it changes, as only Python applications can
     */
    static GatewayStarter of(Application application, Settings settings) {
        if (settings.get(Setting.RELOAD)) {
            throw new SettingsException("reload: a Java application cannot be loaded again");
        }
        return (loop, directory) -> new TaskDispatcher(application, settings, loop::execute);
    }
}
