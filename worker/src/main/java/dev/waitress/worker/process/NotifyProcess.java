package dev.waitress.worker.process;

import dev.waitress.platform.Processes;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process that sends what systemd is told: {@code waitress_worker/notify.py}. It ends with us. */
public final class NotifyProcess implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** It has nothing to do but to send what it has read. */
    private static final long END_SECONDS = 2;

    private final Process process;

    private NotifyProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param directory for the package that it runs
     * @param address of the socket
     * @throws IOException if there is no such Python
     */
    public static NotifyProcess start(String python, Path directory, String address) throws IOException {
        PythonPackage.unpack(directory);
        String program = directory.resolve(PythonPackage.NAME).toString();
        return new NotifyProcess(Processes.start(new ProcessBuilder(List.of(python, program, "notify", address))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)));
    }

    /** Has it send a message; false if it is gone. */
    public boolean send(String message) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((message + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return true;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "who tells systemd is gone", e);
            return false;
        }
    }

    /** Waits until it has sent everything. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "who tells systemd is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
