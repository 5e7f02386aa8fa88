package dev.waitress.worker;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A worker that we have started. */
final class LaunchedProcess implements WorkerProcess {
    /** Read and removed by the worker, so that the application and its children never see it. */
    private static final String SECRET_VARIABLE = "WAITRESS_WORKER_SECRET";

    /** System property with the user's {@code LC_ALL}, if we were given another: without it names are ASCII only. */
    private static final String LOCALE = "waitress.locale";

    private static final Logger LOG = System.getLogger("waitress");

    private final Process process;

    private LaunchedProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts Python on the worker package; output goes where ours goes.
     *
     * @throws IOException if there is no such Python
     */
    static LaunchedProcess start(WorkerConfig config, Path packageDirectory, String address, String secret, int number)
            throws IOException {
        List<String> command = new ArrayList<>(config.python());
        // What is on the command line shows in process lists: which application, which worker.
        command.addAll(List.of(
                packageDirectory.resolve("waitress_worker").toString(),
                address,
                String.valueOf(number),
                config.application().title()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File(isWindows() ? "NUL" : "/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(SECRET_VARIABLE, secret);
        restoreLocale(builder.environment(), System.getProperty(LOCALE));
        return new LaunchedProcess(builder.start());
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

    static boolean isWindows() {
        return File.separatorChar == '\\';
    }

    @Override
    public long pid() {
        return process.pid();
    }

    /** Calls back, on some thread, with the exit status; a status above 128 is a signal's number plus 128. */
    void onExit(IntConsumer callback) {
        var unused = process.onExit().thenAccept(ended -> callback.accept(ended.exitValue()));
    }

    /** Waits for its end, then makes an end. */
    void endWithin(long timeoutNanos) throws InterruptedException {
        if (!process.waitFor(timeoutNanos, TimeUnit.NANOSECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Override
    public void hold(SocketChannel leash) {
        var unused = process.onExit().thenRun(() -> closeQuietly(leash));
    }

    private static void closeQuietly(SocketChannel leash) {
        try {
            leash.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a leash failed", e);
        }
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
