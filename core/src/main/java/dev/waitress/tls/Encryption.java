package dev.waitress.tls;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Encryption of a server's connections: engines for them, threads for the arithmetic of their handshakes, and an eye on
 * the files. Thread-safe.
 */
public final class Encryption implements AutoCloseable {
    private static final Logger LOG = System.getLogger("waitress");

    private static final long LOOK_SECONDS = 10;
    private static final int MOST_THREADS = 4;

    private final Contexts contexts;
    private final ExecutorService tasks;
    private final ScheduledExecutorService looks;

    private final LongSupplier timeOfDay;

    private Encryption(Contexts contexts, LongSupplier timeOfDay) {
        this.contexts = contexts;
        this.timeOfDay = timeOfDay;
        int processors = Runtime.getRuntime().availableProcessors();
        this.tasks = Executors.newFixedThreadPool(Math.min(MOST_THREADS, processors), named("waitress-tls-"));
        this.looks = Executors.newSingleThreadScheduledExecutor(named("waitress-certificates-"));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return action -> {
            Thread thread = new Thread(action, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * What the settings want; null if they want none.
     *
     * @param timeOfDay in milliseconds
     * @throws SettingsException if a file cannot be used
     */
    public static @Nullable Encryption open(Settings settings, LongSupplier timeOfDay) {
        if (!settings.isEncrypting()) {
            return null;
        }
        Encryption encryption = new Encryption(contexts(settings, timeOfDay), timeOfDay);
        Future<?> unused =
                encryption.looks.scheduleWithFixedDelay(encryption::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        return encryption;
    }

    private static Contexts contexts(Settings settings, LongSupplier timeOfDay) {
        try {
            return settings.get(Setting.SELF_SIGNED)
                    ? Contexts.selfSigned(settings, timeOfDay)
                    : Contexts.ofFiles(settings, timeOfDay);
        } catch (TlsException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        } catch (GeneralSecurityException e) {
            throw new SettingsException("certfile: this Java cannot encrypt: " + e.getMessage());
        }
    }

    /** For one more client. */
    public SSLEngine engine() {
        return contexts.engine();
    }

    /** In milliseconds. */
    public long timeOfDay() {
        return timeOfDay.getAsLong();
    }

    /**
     * What a handshake has led to that is over.
     *
     * @param begunMillis time of day at which it began
     */
    public Agreement agreement(SSLEngine engine, long begunMillis) {
        return Agreement.of(engine, begunMillis);
    }

    /** What applications are told of a connection. */
    public Map<String, String> facts(Agreement agreement) {
        return SessionFacts.of(agreement, timeOfDay());
    }

    /** What is wrong now with the certificates of a client; empty for nothing. */
    public String faultOf(Agreement agreement) {
        return Validity.fault(agreement, timeOfDay());
    }

    /** Bytes of the heap that a connection takes from the end of its handshake on. */
    public int memoryOf(Agreement agreement) {
        return SessionMemory.of(agreement);
    }

    /** Threads for what an engine delegates. */
    public Executor tasks() {
        return tasks;
    }

    /** When the first of the certificates expires, since 1970. */
    public long endSeconds() {
        return contexts.end().getEpochSecond();
    }

    /** Looks at the files soon, and not only when it is time for that. */
    public void reload() {
        looks.execute(this::look);
    }

    private void look() {
        try {
            contexts.look();
        } catch (RuntimeException | Error e) { // or nobody would look again
            LOG.log(Level.ERROR, "cannot look at certificates", e);
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        tasks.shutdownNow();
    }
}
