package dev.waitress;

import sun.misc.Signal;

/** The signals that end the process in good order. */
final class Signals {
    private static final int EXIT_NOW = 130;

    private Signals() {}

    /** Runs the action at the first SIGINT or SIGTERM; a second one ends the process at once. */
    static void onTermination(Runnable action) {
        Termination termination = new Termination(action);
        for (String name : new String[] {"INT", "TERM"}) {
            Signal.handle(new Signal(name), termination::received);
        }
    }

    private static final class Termination {
        private final Runnable action;
        private boolean first = true;

        Termination(Runnable action) {
            this.action = action;
        }

        synchronized void received(Signal signal) {
            if (!first) {
                Runtime.getRuntime().halt(EXIT_NOW);
            }
            first = false;
            action.run();
        }
    }
}
