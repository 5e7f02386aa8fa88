package dev.waitress.worker.pool;

import java.util.Locale;

/** How far a worker is in its life; {@link Worker} has the drawing. */
enum WorkerState {
    STARTING,
    READY,
    SERVING,
    DRAINING,
    QUITTING,
    DEAD;

    /** Whether the application is loaded, and the worker obeys. */
    boolean isObedient() {
        return this != STARTING && this != DEAD;
    }

    /** For operators. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
