package dev.waitress.exchange;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an operator may ask of those who answer, by a signal or over the control socket. What cannot be is said in the
 * log too. Thread-safe; the answer comes on any thread, at once or later.
 */
public interface Operations {
    /** For an application that runs in this process, and so is loaded once. */
    Operations NONE = new Operations() {
        private final Logger log = System.getLogger("waitress");

        @Override
        public void reload(String reason, Consumer<Outcome> told) {
            String refusal = "a Java application cannot be loaded again; start another server beside it";
            log.log(Level.WARNING, reason + ": " + refusal);
            told.accept(Outcome.refused(refusal));
        }

        @Override
        public void addWorker(Consumer<Outcome> told) {
            refuse(told);
        }

        @Override
        public void removeWorker(Consumer<Outcome> told) {
            refuse(told);
        }

        private void refuse(Consumer<Outcome> told) {
            String refusal = "a Java application has no worker processes, of which there could be more or fewer";
            log.log(Level.WARNING, refusal);
            told.accept(Outcome.refused(refusal));
        }

        @Override
        public void inspect(boolean withStacks, Consumer<Inspection> told) {
            told.accept(new Inspection(List.of(), 0, Tally.Counts.NONE));
        }
    };

    /**
     * Loads the application again; what was loaded before goes on until that is ready.
     *
     * @param told when it serves, or cannot be loaded
     */
    void reload(String reason, Consumer<Outcome> told);

    /** One more worker serves, until the server ends. */
    void addWorker(Consumer<Outcome> told);

    /** One worker less serves; the last one stays. */
    void removeWorker(Consumer<Outcome> told);

    /**
     * Finds out what everybody does now.
     *
     * @param withStacks whether each is asked for its stacks, for which it has a second
     */
    void inspect(boolean withStacks, Consumer<Inspection> told);
}
