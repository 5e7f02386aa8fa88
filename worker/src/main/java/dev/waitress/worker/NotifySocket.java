package dev.waitress.worker;

import dev.waitress.ServiceManager;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.worker.process.NotifyProcess;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Systemd, which listens on a socket of datagrams. Java has none of that kind, so a small process of Python sends what
 * is to be said (docs/adr/0016).
 */
public final class NotifySocket implements ServiceManager {
    private static final Logger LOG = System.getLogger("waitress");

    /** System properties. The variables that they are made of are removed by the command: no child is to have them. */
    private static final String ADDRESS = "waitress.notify";

    private static final String WATCHDOG_MICROS = "waitress.watchdog";

    private final String python;
    private final String address;
    private final long watchdogNanos;
    private @Nullable NotifyProcess sender;
    private boolean isWarned;

    private NotifySocket(String python, String address, long watchdogNanos) {
        this.python = python;
        this.address = address;
        this.watchdogNanos = watchdogNanos;
    }

    /**
     * The socket that the command was told of, if any.
     *
     * @param python command of the interpreter that sends
     */
    public static ServiceManager find(String python) {
        String address = System.getProperty(ADDRESS, "");
        return address.isEmpty()
                ? NONE
                : new NotifySocket(python, address, TimeUnit.MICROSECONDS.toNanos(Long.getLong(WATCHDOG_MICROS, 0)));
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public long watchdogNanos() {
        return watchdogNanos;
    }

    @Override
    public void tell(String message, PrivateDirectory directory) {
        try {
            if (sender == null || !sender.send(message)) {
                // Somebody has killed it, perhaps the system for want of memory: silence would end the service too.
                sender = NotifyProcess.start(python, directory.path(), address);
                sender.send(message);
            }
        } catch (IOException e) {
            if (!isWarned) {
                isWarned = true;
                LOG.log(Level.WARNING, "cannot tell systemd how the service gets on: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
        }
    }
}
