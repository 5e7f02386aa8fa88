package dev.waitress;

import dev.waitress.control.StacksText;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Signals that mean the same to most servers. */
final class OperatorSignals {
    private static final Logger LOG = System.getLogger("waitress");

    /** Characters of one record. */
    private static final int MOST_OF_REPORT = 64 * 1024;

    private OperatorSignals() {}

    /**
     * Obeys them from now on. At SIGQUIT the log tells what everybody does, where that can be noticed.
     *
     * @param terminalGone what to do when the terminal has closed, of which SIGHUP tells too
     * @param reopenLogs what to do at SIGUSR1
     */
    static void obey(Operations operations, Runnable terminalGone, Runnable reopenLogs) {
        Terminal terminal = Terminal.ofThisProcess();
        Signals.handleIfKnown("HUP", () -> {
            if (terminal.isGone()) {
                terminalGone.run();
            } else {
                operations.reload("SIGHUP", Outcome::ignore);
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
