package dev.waitress.worker.pool;

import java.util.Locale;

/**
 * How far a worker is.
 *
 * <pre>
 *                ready             serve              retire              idle
 *   STARTING ───────────► READY ───────────► SERVING ───────────► DRAINING ───────────► QUITTING ───► DEAD
 *       │                   │                   │ idle already, hung, or quit              ▲           ▲
 *       └───────────────────┴───────────────────┴──────────────────────────────────────────┘           │
 *                                    from every state when its process ends, or it breaks the protocol ┘
 * </pre>
 *
 * <p>Each state that waits for the worker has a deadline. STARTING: {@code startup_timeout}, then the listener is told
 * that it is late. DRAINING: {@code shutdown_timeout}, then it is killed. QUITTING: {@link Worker#QUIT_LIMIT}, then it
 * is killed. READY lasts until those that started with it are ready too, which have a deadline of their own. SERVING
 * lasts as long as its {@link Heartbeat}.
 */
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
