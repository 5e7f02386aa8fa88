package dev.waitress.exchange;

/** Why another worker has taken the place of one. */
public enum Replacement {
    /** Its process has ended, and nobody had told it to. */
    DIED,
    /** The application was loaded again. */
    RELOAD,
    /** It has answered {@code max_requests}. */
    MAX_REQUESTS,
    /** It has served for {@code max_worker_age}. */
    MAX_WORKER_AGE,
    /** It takes more than {@code max_worker_memory}. */
    MAX_WORKER_MEMORY,
    /** It runs a request that was cut short by {@code request_timeout}, and does not end. */
    REQUEST_TIMEOUT,
    /** It does not answer. */
    UNANSWERING
}
