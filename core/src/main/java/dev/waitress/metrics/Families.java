package dev.waitress.metrics;

/** What the server tells of itself, in this order. docs/metrics.md has the same table. */
final class Families {
    static final Family BUILD = Family.info("waitress_build", "The server that runs.");
    static final Family READY = Family.gauge("waitress_ready", "Whether requests would be answered now.");

    // What Prometheus' client libraries tell of a process, by the same names.
    static final Family START_TIME =
            Family.gauge("process_start_time_seconds", "When the front began, in seconds since 1970.");
    static final Family CPU =
            Family.counter("process_cpu_seconds", "Time that the front has spent on processors, in seconds.");
    static final Family RESIDENT = Family.gauge("process_resident_memory_bytes", "Resident memory of the front.");
    static final Family OPEN_FDS = Family.gauge("process_open_fds", "Descriptors that the front has open.");
    static final Family MAX_FDS = Family.gauge("process_max_fds", "Descriptors that the front may have open.");

    static final Family REQUESTS = Family.counter(
            "waitress_http_requests", "Requests that were answered, or left by their clients, by method and status.");
    static final Family REFUSED =
            Family.counter("waitress_http_requests_refused", "Requests that were refused, by the rule they broke.");
    static final Family OWN = Family.counter(
            "waitress_http_server_answers",
            "Requests that the server has answered in its own name instead of the application.");
    static final Family INCOMPLETE =
            Family.counter("waitress_http_responses_incomplete", "Responses that were broken off, by either side.");
    static final Family ACTIVE =
            Family.gauge("http_server_active_requests", "Requests that have come and are not answered.");

    // OpenTelemetry's semantic conventions for HTTP name these three.
    static final Family DURATION = Family.histogram(
            "http_server_request_duration_seconds",
            "Time from the first byte of a request to the end of its response.");
    static final Family REQUEST_BODY =
            Family.histogram("http_server_request_body_size_bytes", "Size of the bodies of requests.");
    static final Family RESPONSE_BODY =
            Family.histogram("http_server_response_body_size_bytes", "Size of the bodies of responses.");

    static final Family QUEUE = Family.histogram(
            "waitress_request_queue_duration_seconds", "Time that requests have waited for a worker or a task thread.");
    static final Family APPLICATION = Family.histogram(
            "waitress_request_application_duration_seconds",
            "Time from when requests were given to the application to the end of its response.");
    static final Family SENDING = Family.histogram(
            "waitress_request_send_duration_seconds",
            "Time from the end of a response until its last byte had left for the client.");

    static final Family CONNECTIONS = Family.gauge("waitress_connections", "Connections of clients, by what they do.");
    static final Family SPOKEN =
            Family.gauge("waitress_connections_speaking", "Connections of clients, by version of HTTP and encryption.");
    static final Family ACCEPTED =
            Family.counter("waitress_connections_accepted", "Connections of clients that were accepted.");
    static final Family TURNED_AWAY = Family.counter(
            "waitress_connections_turned_away", "Connections closed at once because of connections_per_address.");

    static final Family WAITING =
            Family.gauge("waitress_queue_requests", "Requests that no worker has been given yet.");
    static final Family WORKERS = Family.gauge("waitress_workers", "Workers, by state.");
    static final Family WORKER_THREADS =
            Family.gauge("waitress_worker_busy_threads", "Threads of a worker that run a request.");
    static final Family WORKER_WAITING = Family.gauge(
            "waitress_worker_queue_requests", "Requests that a worker was given and that no thread of it has begun.");
    static final Family WORKER_ANSWERED =
            Family.counter("waitress_worker_requests", "Requests that a worker has answered.");
    static final Family WORKER_AGE = Family.gauge("waitress_worker_age_seconds", "Time since a worker was started.");
    static final Family WORKER_RESIDENT = Family.gauge(
            "waitress_worker_resident_memory_bytes",
            "Resident memory of a worker and all processes that it has started.");
    static final Family WORKER_CPU =
            Family.counter("waitress_worker_cpu_seconds", "Time that a worker has spent on processors, in seconds.");
    static final Family REPLACEMENTS =
            Family.counter("waitress_worker_replacements", "Workers in whose place others came, by the reason.");
    static final Family TAKEOVERS = Family.counter(
            "waitress_worker_takeovers", "Times that a thread of a worker was stuck and another one went on.");
    static final Family LOST =
            Family.counter("waitress_worker_requests_lost", "Requests that were running when their worker was lost.");
    static final Family RELOADS =
            Family.counter("waitress_reloads", "Times that the application was to be loaded again, by the outcome.");

    static final Family BUFFERED =
            Family.gauge("waitress_buffer_bytes", "Memory that heads, bodies and output of clients take up.");
    static final Family MOST_BUFFERED =
            Family.gauge("waitress_buffer_limit_bytes", "Memory that they may take up together.");
    static final Family SPOOLED =
            Family.gauge("waitress_spool_files", "Temporary files with bodies and output of clients.");
    static final Family SPANS = Family.counter("waitress_spans_exported", "Spans that the collector has taken.");
    static final Family SPANS_DROPPED =
            Family.counter("waitress_spans_dropped", "Spans that the collector was not sent, or has not taken.");
    static final Family DROPPED =
            Family.counter("waitress_access_log_dropped_lines", "Lines of the access log that found no room.");
    static final Family APPLICATION_SERIES =
            Family.gauge("waitress_application_series", "Series of the application's own metrics.");
    static final Family APPLICATION_DROPPED = Family.counter(
            "waitress_application_metrics_dropped",
            "Changes of the application's own metrics that were dropped, because there are more series than"
                    + " metrics_limit.");

    static final Family CERTIFICATE_END = Family.gauge(
            "waitress_certificate_not_after_seconds",
            "When the first of the server's certificates expires, in seconds since 1970.");

    private Families() {}
}
