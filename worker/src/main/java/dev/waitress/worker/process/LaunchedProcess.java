package dev.waitress.worker.process;

import dev.waitress.worker.pool.WorkerProcess;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A worker that we have started. */
public final class LaunchedProcess implements WorkerProcess {
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
     * Starts Python on the worker package; output goes where ours goes.
     *
     * @throws IOException if there is no such Python
     */
    static LaunchedProcess start(
            List<String> python, String title, Path packageDirectory, String address, String secret, int number)
            throws IOException {
        List<String> command = new ArrayList<>(python);
        // What is on the command line shows in process lists: which application, which worker.
        command.addAll(List.of(
                packageDirectory.resolve("waitress_worker").toString(), address, String.valueOf(number), title));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File(isWindows() ? "NUL" : "/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        StackFile stacks = new StackFile(packageDirectory.resolve("stacks-" + number));
        builder.environment().put(SECRET_VARIABLE, secret);
        builder.environment().put(STACKS_VARIABLE, stacks.path().toString());
        restoreLocale(builder.environment(), System.getProperty(LOCALE));
        saveMemory(builder.environment());
        return new LaunchedProcess(builder.start(), stacks);
    }

    /** Unless the user has set something else. */
    private static void saveMemory(Map<String, String> environment) {
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
        return status > 128 ? "was killed by signal " + (status - 128) : "ended with status " + status;
    }

    static boolean isWindows() {
        return File.separatorChar == '\\';
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void onExit(IntConsumer callback) {
        var unused = process.onExit().thenAccept(ended -> callback.accept(ended.exitValue()));
    }

    /** Waits for its end, then makes an end. */
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

    private static void closeQuietly(Closeable leash) {
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

    /** It has ended. */
    void forgetStacks() {
        stacks.remove();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
