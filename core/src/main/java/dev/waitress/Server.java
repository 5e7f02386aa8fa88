package dev.waitress;

import dev.waitress.channel.ChannelHost;
import dev.waitress.channel.Listener;
import dev.waitress.gateway.RequestObserver;
import dev.waitress.log.AccessLog;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A running server. Thread-safe. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final long AT_TERMINAL_SECONDS = 5;
    private static final int FAILED = 1;

    private final Settings settings;
    private final Engine engine;
    private final ChannelHost host;
    private final List<Listener> listeners;
    private final @Nullable AccessLog accessLog;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private Server(Settings settings, Engine engine, @Nullable AccessLog accessLog, List<Listener> listeners) {
        this.settings = settings;
        this.engine = engine;
        this.accessLog = accessLog;
        this.listeners = listeners;
        this.host = new ChannelHost(
                engine.loop(),
                engine.gateway(),
                engine.directory(),
                settings,
                accessLog == null ? RequestObserver.NONE : accessLog);
    }

    /**
     * Starts a server in front of a gateway. Whatever fails, nothing is left behind.
     *
     * @throws IOException if the application cannot be started or an address cannot be bound
     * @throws SettingsException if settings contradict each other or an address is not valid
     */
    public static Server start(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        settings.requireConsistent();
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        AccessLog accessLog = AccessLog.open(settings);
        try {
            Engine engine = Engine.start(settings, starter);
            try {
                Server server = new Server(settings, engine, accessLog, Listeners.open(settings));
                engine.loop().execute(() -> server.host.open(server.listeners));
                return server;
            } catch (IOException | RuntimeException e) {
                engine.stop();
                throw e;
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            close(accessLog);
            throw e;
        }
    }

    /**
     * Does all that {@link #start} does but listening: what would fail there fails here.
     *
     * @throws IOException if the application cannot be started
     * @throws SettingsException if settings contradict each other or an address is not valid
     */
    public static void check(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        settings.requireConsistent();
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        Addresses.resolve(settings);
        AccessLog.check(settings);
        Engine.start(settings, starter).stop();
    }

    /** Where it listens, with the real port where 0 was asked for. */
    public List<SocketAddress> addresses() {
        return listeners.stream()
                .flatMap(listener -> listener.addresses().stream())
                .toList();
    }

    /**
     * Logs where it listens, and serves until SIGINT or SIGTERM; then ends as {@link #close} does. A second signal ends
     * the process at once.
     */
    public void serveUntilSignal() throws InterruptedException {
        serveUntilSignal(() -> {});
    }

    /**
     * The same.
     *
     * @param ready runs as soon as a signal would be obeyed, before it is logged where the server listens
     */
    public void serveUntilSignal(Runnable ready) throws InterruptedException {
        endProcessIfFailed();
        Thread hook = new Thread(this::abandon, "waitress-abandon");
        Runtime.getRuntime().addShutdownHook(hook);
        StopSignal.onTermination(signal -> new Thread(() -> close(signal), "waitress-stop").start(), this::abandon);
        Signals.onReopen(this::reopenLogs);
        ready.run();
        listeners.forEach(listener -> listener.urls().forEach(url -> LOG.log(Level.INFO, "Serving on " + url)));
        closed.await();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void close(StopSignal signal) {
        if (signal.isFromTerminal()) {
            closeAtTerminal();
        } else {
            close();
        }
    }

    /** The process ends under it: no file may be left. Workers end by themselves. */
    private void abandon() {
        listeners.forEach(Listener::close);
        engine.directory().close();
    }

    /** Lets the process end, with status 1, if the event loop fails: nobody would answer a request any more. */
    public void endProcessIfFailed() {
        engine.loop().whenFailed(() -> {
            try {
                abandon();
            } finally {
                Runtime.getRuntime().halt(FAILED);
            }
        });
    }

    /** From now on the signals that end a process are ignored: the parent gets them too, and decides what they mean. */
    public static void leaveSignalsToParent() {
        Signals.ignoreTermination();
    }

    /** Opens the access log again under its name, because the file was moved away. */
    public void reopenLogs() {
        if (accessLog != null) {
            engine.loop().execute(accessLog::reopen);
        }
    }

    /**
     * Ends the server: no new client is taken, what was received is answered for up to {@code shutdown_timeout}
     * seconds, the rest is cut. Returns when all is over; more calls only wait.
     */
    @Override
    public void close() {
        close(settings.get(Setting.SHUTDOWN_TIMEOUT));
    }

    /**
     * Ends the server as {@link #close} does, for somebody who has pressed Ctrl-C and waits: within 5 seconds, unless
     * {@code shutdown_timeout} is given.
     */
    public void closeAtTerminal() {
        boolean isGiven = settings.isGiven(Setting.SHUTDOWN_TIMEOUT);
        close(isGiven ? settings.get(Setting.SHUTDOWN_TIMEOUT) : AT_TERMINAL_SECONDS);
    }

    private void close(long seconds) {
        try {
            if (closing.compareAndSet(false, true)) {
                try {
                    shutDown(seconds);
                } finally {
                    closed.countDown();
                }
            }
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the server without waiting for any request: whoever would answer is gone. */
    public void abort() {
        drained.countDown();
        close();
    }

    private void shutDown(long seconds) throws InterruptedException {
        engine.loop().execute(() -> host.drain(drained::countDown));
        boolean inTime = drained.await(seconds, TimeUnit.SECONDS);
        LOG.log(Level.DEBUG, inTime ? "no client is left" : "shutdown_timeout is over");
        engine.loop().execute(host::closeAll);
        engine.stop();
        close(accessLog);
    }

    private static void close(@Nullable AccessLog accessLog) throws InterruptedException {
        if (accessLog != null) {
            accessLog.close();
        }
    }
}
