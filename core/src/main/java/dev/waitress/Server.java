package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.log.AccessLog;
import dev.waitress.net.Listener;
import dev.waitress.otlp.Spans;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running server. Thread-safe. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final long AT_TERMINAL_SECONDS = 5;
    private static final String HINT = "; Ctrl-C again to stop now";

    /** What workers have for their end in any case: those that run no request need less. */
    private static final Duration LEAST_END = Duration.ofMillis(500);

    private final Settings settings;
    private final Engine engine;
    private final Clients clients;
    private final List<Listener> listeners;
    private final ServiceReport service;
    private final Operations operations;
    private final PidFile pidFile;
    private final List<Observation> observations;
    private final Loops loops;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final DrainDelay delay;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private SideListeners side = SideListeners.NONE;
    private volatile boolean isOwnProcess;

    private Server(
            Settings settings,
            Engine engine,
            ServiceReport service,
            PidFile pidFile,
            List<Observation> observations,
            List<Listener> listeners) {
        this.settings = settings;
        this.engine = engine;
        this.service = service;
        this.operations = engine.operations(service);
        this.pidFile = pidFile;
        this.observations = observations;
        this.listeners = listeners;
        this.delay = new DrainDelay(settings);
        this.loops = engine.loops(settings, observations, listeners);
        this.clients = loops.clients();
        engine.gateway().whenAskedToEnd(() -> inBackground(this::close));
        engine.gateway().whenAskedToReload(reason -> operations.reload(reason, Outcome::ignore));
    }

    /**
     * Starts a server in front of a gateway. Whatever fails, nothing is left behind.
     *
     * @throws IOException if the application cannot be started or an address cannot be bound
     * @throws SettingsException if settings contradict each other or an address is not valid
     */
    public static Server start(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        Server server = prepare(settings, starter, ServiceManager.NONE);
        server.open();
        return server;
    }

    /**
     * Starts a server and logs where it listens; then serves until SIGINT or SIGTERM, or until its terminal closes, and
     * ends as {@link #close} does. A second SIGINT or SIGTERM ends the process at once. SIGHUP loads the application
     * again, SIGTTIN and SIGTTOU start one more worker and end one, SIGUSR1 reopens the access log.
     *
     * @param manager is told how the server gets on
     * @param ready runs as soon as a signal would be obeyed, before a client is taken
     * @throws IOException as {@link #start} does
     */
    public static void serve(Settings settings, GatewayStarter starter, ServiceManager manager, Runnable ready)
            throws IOException, InterruptedException {
        Signals.ignoreUnexpected();
        prepare(settings, starter, manager).serveUntilSignal(ready);
    }

    /** Starts all of it, but takes no client. */
    private static Server prepare(Settings settings, GatewayStarter starter, ServiceManager manager)
            throws IOException, InterruptedException {
        PidFile pidFile = requireServable(settings);
        List<Observation> observations =
                Observation.open(settings, settings.loops(Runtime.getRuntime().availableProcessors()));
        try {
            Engine engine = Engine.start(settings, observations.size(), starter);
            try {
                List<Listener> listeners =
                        Listeners.open(settings, pidFile, engine.loop().leftovers());
                return new Server(settings, engine, engine.reportTo(manager), pidFile, observations, listeners)
                        .openSide();
            } catch (IOException | RuntimeException e) {
                pidFile.remove();
                engine.stop(LEAST_END);
                throw e;
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            Observation.close(observations);
            throw e;
        }
    }

    private static PidFile requireServable(Settings settings) throws IOException {
        Rights.refuse(settings.requireConsistent(), Rights.TOO_LATE);
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return PidFile.of(settings);
    }

    private Server openSide() throws IOException {
        Runnable ending = () -> inBackground(this::close);
        OverseenServer front = new OverseenServer(listeners, clients, engine.health(), () -> isOwnProcess, ending);
        SideListener metrics = null;
        try {
            metrics = MetricsListener.open(settings, listeners, loops, operations, engine);
            side = SideListeners.of(metrics, ControlListener.open(settings, front, operations, engine));
            return this;
        } catch (IOException | RuntimeException e) {
            SideListeners.of(metrics).close();
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    /** Takes clients from now on. */
    private void open() {
        engine.health().serves(engine.gateway().readiness());
        engine.loop().execute(() -> clients.open(listeners));
    }

    /**
     * Does all that {@link #start} does but listening: what would fail there fails here.
     *
     * @throws IOException if the application cannot be started
     * @throws SettingsException if settings contradict each other or an address is not valid
     */
    public static void check(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        requireServable(settings);
        Listeners.check(settings);
        ControlListener.check(settings);
        HealthListener.check(settings);
        MetricsListener.check(settings);
        AccessLog.check(settings);
        Spans.check(settings, System.getenv());
        Engine.start(settings.with(Setting.HEALTH_LISTEN, List.of()), 1, starter)
                .stop(LEAST_END);
    }

    /** Where it listens, with the real port where 0 was asked for. */
    public List<SocketAddress> addresses() {
        return listeners.stream().flatMap(each -> each.addresses().stream()).toList();
    }

    /** As URLs: https where TLS is spoken. */
    public List<String> urls() {
        return Listeners.urls(listeners);
    }

    private void serveUntilSignal(Runnable ready) throws InterruptedException {
        endProcessIfFailed();
        StopSignal.onTermination(
                signal -> inBackground(() -> close(signal)),
                delay::end,
                engine.loop().leftovers()::remove);
        OperatorSignals.obey(operations, () -> inBackground(() -> close(StopSignal.TERM)), this::reopenLogs);
        isOwnProcess = true;
        ready.run();
        open();
        urls().forEach(url -> LOG.log(Level.INFO, "Serving on " + url));
        engine.loop().execute(() -> service.serves(urls()));
        awaitEnd();
    }

    private static void inBackground(Runnable action) {
        new Thread(action, "waitress-stop").start();
    }

    private void close(StopSignal signal) {
        if (signal.isFromTerminal()) {
            closeAtTerminal();
        } else {
            close(seconds(false), signal == StopSignal.INT ? HINT : "");
        }
    }

    /** Lets the process end, with status 1, if the event loop fails: nobody would answer a request any more. */
    public void endProcessIfFailed() {
        engine.endProcessIfFailed();
    }

    /** Waits until it has ended: by {@link #close}, or because the application has asked for it. */
    public void awaitEnd() throws InterruptedException {
        closed.await();
    }

    /** From now on the signals that end a process are ignored: the parent gets them too, and decides what they mean. */
    public static void leaveSignalsToParent() {
        Signals.ignoreTermination();
    }

    /** Opens the access log again under its name, because the file was moved away. */
    public void reopenLogs() {
        engine.loop().execute(loops.observation()::reopen);
    }

    /**
     * Ends the server, after {@code drain_delay} seconds in which it only says so: no new client is taken, what was
     * received is answered for up to {@code shutdown_timeout} seconds, the rest is cut. Returns when all is over; more
     * calls only wait.
     */
    @Override
    public void close() {
        close(seconds(false), "");
    }

    private long seconds(boolean isAtTerminal) {
        boolean isForTerminal = isAtTerminal && !settings.isGiven(Setting.SHUTDOWN_TIMEOUT);
        return isForTerminal ? AT_TERMINAL_SECONDS : settings.get(Setting.SHUTDOWN_TIMEOUT);
    }

    /**
     * Ends the server as {@link #close} does, for somebody who has pressed Ctrl-C and waits: within 5 seconds, unless
     * {@code shutdown_timeout} is given, and without {@code drain_delay}.
     */
    public void closeAtTerminal() {
        delay.end();
        close(seconds(true), HINT);
    }

    private void close(long seconds, String hint) {
        try {
            if (closing.compareAndSet(false, true)) {
                try {
                    shutDown(seconds, hint);
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
        delay.end();
        drained.countDown();
        close();
    }

    private void shutDown(long seconds, String hint) throws InterruptedException {
        engine.health().drains();
        engine.loop().execute(this::announceEnd);
        delay.await();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        engine.loop().execute(() -> drain(seconds, hint));
        boolean inTime = drained.await(seconds, TimeUnit.SECONDS);
        LOG.log(Level.DEBUG, inTime ? "no client is left" : "shutdown_timeout is over");
        engine.loop().execute(clients::closeAll);
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        engine.stop(left.compareTo(LEAST_END) < 0 ? LEAST_END : left, side);
        service.close();
        pidFile.remove();
        Observation.close(observations);
    }

    private void announceEnd() {
        service.stops();
        clients.sendAway();
    }

    private void drain(long seconds, String hint) {
        clients.drain(drained::countDown);
        loops.countRunning(running -> tellWhoRuns(running, seconds, hint));
    }

    private void tellWhoRuns(long running, long seconds, String hint) {
        if (running > 0 && seconds > 0 && drained.getCount() > 0) {
            String requests = running + (running == 1 ? " request" : " requests");
            LOG.log(Level.INFO, "waiting for " + requests + ", at most " + seconds + " s" + hint);
        }
    }
}
