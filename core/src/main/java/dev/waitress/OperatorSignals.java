package dev.waitress;

import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import java.util.concurrent.Executor;

/** Signals that mean the same to most servers. */
final class OperatorSignals {
    private OperatorSignals() {}

    /**
     * Obeys them from now on.
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
    }
}
