package dev.waitress.exchange;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What an operator may ask of those who answer, by a signal for example. What cannot be is said in the log.
 * Thread-safe.
 */
public interface Operations {
    /** For an application that runs in this process, and so is loaded once. */
    Operations NONE = new Operations() {
        private final Logger log = System.getLogger("waitress");

        @Override
        public void reload(String reason) {
            log.log(
                    Level.WARNING,
                    reason + ": a Java application cannot be loaded again; start another server beside it");
        }

        @Override
        public void addWorker() {
            refuse();
        }

        @Override
        public void removeWorker() {
            refuse();
        }

        private void refuse() {
            log.log(Level.WARNING, "a Java application has no worker processes, of which there could be more or fewer");
        }
    };

    /** Loads the application again; what was loaded before goes on until that is ready. */
    void reload(String reason);

    /** One more worker serves, until the server ends. */
    void addWorker();

    /** One worker less serves; the last one stays. */
    void removeWorker();
}
