package dev.waitress;

import dev.waitress.control.StacksText;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/** Signals that mean the same to most servers. */
final class OperatorSignals {
    private static final Logger LOG = System.getLogger("waitress");

    /** Characters of one record. */
    private static final int MOST_OF_REPORT = 64 * 1024;

    private OperatorSignals() {}

    /**
     * Obeys them from now on. At SIGQUIT the log tells what everybody does, where that can be noticed.
     *
     * @param service is told of a reload; on the loop only
     * @param terminalGone what to do when the terminal has closed, of which SIGHUP tells too
     * @param reopenLogs what to do at SIGUSR1
     */
    static void obey(
            Operations operations, ServiceReport service, Executor loop, Runnable terminalGone, Runnable reopenLogs) {
        Terminal terminal = Terminal.ofThisProcess();
        Signals.handleIfKnown("HUP", () -> {
            if (terminal.isGone()) {
                terminalGone.run();
            } else {
                loop.execute(service::reloads);
                operations.reload("SIGHUP", outcome -> loop.execute(service::hasReloaded));
            }
        });
        Signals.handleIfKnown("TTIN", () -> operations.addWorker(Outcome::ignore));
        Signals.handleIfKnown("TTOU", () -> operations.removeWorker(Outcome::ignore));
        Signals.handleIfKnown("USR1", reopenLogs);
        QuitWatch.begin(() -> operations.inspect(true, OperatorSignals::report));
    }

    /** What everybody does, also where it hangs. */
    private static void report(Inspection inspection) {
        LOG.log(Level.INFO, "SIGQUIT: what workers and tasks do now\n" + StacksText.of(inspection, MOST_OF_REPORT));
    }
}
