package dev.waitress;

import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;

/** Signals that mean the same to most servers. */
final class OperatorSignals {
    private OperatorSignals() {}

    /**
     * Obeys them from now on.
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
    }
}
