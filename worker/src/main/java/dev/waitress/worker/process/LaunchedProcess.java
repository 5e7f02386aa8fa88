package dev.waitress.worker.process;

import dev.waitress.platform.Platform;
import dev.waitress.platform.Processes;
import dev.waitress.settings.Setting;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A process of Python's that we have started: a worker, or one that forks workers. */
public final class LaunchedProcess implements StartedProcess {
    /** Read and removed by the worker, so that the application and its children never see it. */
    private static final String SECRET_VARIABLE = "WAITRESS_WORKER_SECRET";

    /** System property with the user's {@code LC_ALL}, if we were given another: without it names are ASCII only. */
    private static final String LOCALE = "waitress.locale";

    /**
     * For how many threads at once the C library keeps memory of their own. Python runs one at a time; with memory for
     * each, what one has freed is of no use to the others: two workers that answered with up to 10 MB took 115 MB each,
     * and with one 45 MB.
     */
    private static final String ARENAS = "MALLOC_ARENA_MAX";

    /** Tells the worker to remove that again, for the children of the application. */
    private static final String OUR_ARENAS = "WAITRESS_WORKER_ARENAS";

    /** Read and removed by the worker too: the file for what its threads are at. */
    private static final String STACKS_VARIABLE = "WAITRESS_WORKER_STACKS";

    private static final Logger LOG = System.getLogger("waitress");

    private final Process process;
    private final StackFile stacks;

    private LaunchedProcess(Process process, StackFile stacks) {
        this.process = process;
        this.stacks = stacks;
    }

    /**
     * Starts a command; output goes where ours goes.
     *
     * @param secret by which it proves to be ours
     * @throws IOException if there is no such Python
     */
    static LaunchedProcess start(List<String> command, String secret, StackFile stacks) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Platform.current().nullDevice())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(SECRET_VARIABLE, secret);
        builder.environment().put(STACKS_VARIABLE, stacks.path().toString());
        restoreLocale(builder.environment(), System.getProperty(LOCALE));
        saveMemory(builder.environment());
        builder.environment().remove(Setting.KEYFILE_PASSWORD.variable()); // no application needs it
        LaunchedProcess process = new LaunchedProcess(Processes.start(builder), stacks);
        process.onExit(status -> stacks.remove());
        return process;
    }

    /** Unless the user has set something else. */
    static void saveMemory(Map<String, String> environment) {
        boolean isSet = environment.containsKey(ARENAS)
                || environment.getOrDefault("GLIBC_TUNABLES", "").contains("arena_max");
        if (!isSet) {
            environment.put(ARENAS, "1");
            environment.put(OUR_ARENAS, "1");
        }
    }

    /**
     * Gives a worker the locale of whoever started the server; its names of files are those of the system, not ours.
     */
    static void restoreLocale(Map<String, String> environment, @Nullable String locale) {
        if (locale == null) {
            return;
        }
        environment.remove("LC_ALL");
        if (!locale.isEmpty()) {
            environment.put("LC_ALL", locale);
        }
    }

    /** How one has ended, for messages. */
    static String describe(int status) {
        if (status == UNKNOWN_STATUS) {
            return "ended";
        }
        return status > SIGNALLED ? "was killed by signal " + (status - SIGNALLED) : "ended with status " + status;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void onExit(IntConsumer callback) {
        var unused = process.onExit().thenAccept(ended -> callback.accept(ended.exitValue()));
    }

    @Override
    public void endWithin(long timeoutNanos) throws InterruptedException {
        if (!process.waitFor(timeoutNanos, TimeUnit.NANOSECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Override
    public void hold(Closeable leash) {
        var unused = process.onExit().thenRun(() -> closeQuietly(leash));
    }

    static void closeQuietly(Closeable leash) {
        try {
            leash.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a leash failed", e);
        }
    }

    @Override
    public boolean askForStacks() {
        return stacks.ask(this);
    }

    @Override
    public String stacks() {
        return stacks.answer();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
