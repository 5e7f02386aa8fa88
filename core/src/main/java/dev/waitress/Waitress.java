package dev.waitress;

import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import java.io.IOException;

/**
 * The way in for Java applications.
 *
 * <pre>{@code
 * Waitress.serve(app, Settings.defaults().with(Setting.PORT, 8041L));
 * }</pre>
 */
public final class Waitress {
    private Waitress() {}

    /** Serves with the default settings until the process is told to end. See {@link #serve(Application, Settings)}. */
    public static void serve(Application application) throws IOException, InterruptedException {
        serve(application, Settings.defaults());
    }

    /**
     * Serves until SIGINT or SIGTERM; then the requests that were received are answered, and the call returns.
     *
     * @throws IOException if an address cannot be bound
     * @throws IllegalArgumentException if settings contradict each other
     */
    public static void serve(Application application, Settings settings) throws IOException, InterruptedException {
        Server.serve(settings, GatewayStarter.of(application, settings), ServiceManager.NONE, () -> {});
    }

    /**
     * Starts to serve and returns at once; the caller closes the server.
     *
     * @throws IOException if an address cannot be bound
     * @throws IllegalArgumentException if settings contradict each other
     */
    public static Server start(Application application, Settings settings) throws IOException, InterruptedException {
        return Server.start(settings, GatewayStarter.of(application, settings));
    }
}
