package dev.waitress.settings;

import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One tunable of the server. The constants of this class are the whole table: options of the command line and their
 * help, environment variables, the page of the documentation and the typed API all come from it.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /** As good as no limit, and still far from the end of a clock that counts nanoseconds. */
    private static final long TEN_YEARS = 315_360_000;

    private static final long ONE_DAY = 86_400;

    private static final long MOST_REQUESTS = 1_000_000_000;

    public static final Setting<String> HOST = define(
            Group.ADDRESSES,
            "host",
            ValueType.text("HOST"),
            "0.0.0.0",
            "Name or address to listen on; * is every address of both families.");
    public static final Setting<Long> PORT = define(
            Group.ADDRESSES, "port", ValueType.integer("PORT", 0, 65_535), 8080L, "TCP port; 0 takes a free one.");
    public static final Setting<List<String>> LISTEN = define(
            Group.ADDRESSES,
            "listen",
            ValueType.list(
                    "ADDRESSES", "one or more of HOST, HOST:PORT, [IPV6], [IPV6]:PORT, stdin, separated by spaces"),
            List.of("0.0.0.0:8080"),
            "Addresses to listen on, each HOST[:PORT], in place of host and port; stdin is a listening socket that the"
                    + " process inherits as its standard input. On the command line it may be repeated.");
    public static final Setting<Boolean> IPV4 =
            define(Group.ADDRESSES, "ipv4", ValueType.flag(), true, "Listen on the IPv4 addresses of a name or *.");
    public static final Setting<Boolean> IPV6 =
            define(Group.ADDRESSES, "ipv6", ValueType.flag(), true, "Listen on the IPv6 addresses of a name or *.");
    public static final Setting<String> UNIX_SOCKET = define(
            Group.ADDRESSES,
            "unix_socket",
            ValueType.socketPath(),
            "",
            "Path of a Unix socket to listen on instead of TCP.");
    public static final Setting<Integer> UNIX_SOCKET_PERMS = define(
            Group.ADDRESSES, "unix_socket_perms", ValueType.octal(), 0600, "File mode of the Unix socket, octal.");
    public static final Setting<List<ServerSocketChannel>> SOCKETS = define(
            Group.ADDRESSES,
            "sockets",
            ValueType.sockets(),
            List.of(),
            "Sockets that the caller has bound, to listen on in place of all other addresses; only in code.");
    public static final Setting<Boolean> REUSE_PORT = define(
            Group.ADDRESSES,
            "reuse_port",
            ValueType.flag(),
            false,
            "Share the port with other servers that do so too: a new one can start beside an old one that ends.");
    public static final Setting<Long> BACKLOG = define(
            Group.ADDRESSES,
            "backlog",
            ValueType.integer("COUNT", 1, 65_535),
            1024L,
            "Connections that the system keeps until they are accepted.");
    public static final Setting<List<String>> SOCKET_OPTIONS = define(
            Group.ADDRESSES,
            "socket_options",
            ValueType.words("OPTIONS", ClientOption.VALID, ClientOption::require),
            List.of(),
            "Options of every client's TCP socket, such as SO_KEEPALIVE=1 TCP_KEEPIDLE=60.");

    public static final Setting<Boolean> HTTP2_CLEARTEXT = define(
            Group.ADDRESSES,
            "http2_cleartext",
            ValueType.flag(),
            false,
            "Speak HTTP/2 too, without encryption, with clients that begin with it (prior knowledge, h2c).");
    public static final Setting<List<String>> CERTFILE = define(
            Group.ENCRYPTION,
            "certfile",
            ValueType.files(),
            List.of(),
            "Certificate and those of its issuers, PEM: TCP addresses speak HTTPS (docs/tls.md). Of several the name that a"
                    + " client asks for chooses. On the command line it may be repeated.");
    public static final Setting<List<String>> KEYFILE = define(
            Group.ENCRYPTION,
            "keyfile",
            ValueType.files(),
            List.of(),
            "Its private key, PEM, if that is not in certfile; one for each certfile, in the same order.");
    public static final Setting<String> KEYFILE_PASSWORD = define(
            Group.ENCRYPTION,
            "keyfile_password",
            ValueType.text("TEXT"),
            "",
            "Password of encrypted keys; never on the command line, which every user of the machine can read.");
    public static final Setting<Boolean> SELF_SIGNED = define(
            Group.ENCRYPTION,
            "self_signed",
            ValueType.flag(),
            false,
            "For development: speak HTTPS with a certificate for localhost that is made at the start, in memory.");
    public static final Setting<String> TLS_MIN_VERSION = define(
            Group.ENCRYPTION,
            "tls_min_version",
            ValueType.choice("VERSION", "1.2", "1.3"),
            "1.2",
            "Oldest version of TLS that clients may speak: 1.2 or 1.3.");
    public static final Setting<List<String>> CIPHERS = define(
            Group.ENCRYPTION,
            "ciphers",
            ValueType.words("NAMES", "names of cipher suites", UnaryOperator.identity()),
            List.of(),
            "Cipher suites by the names of OpenSSL or IANA, the preferred first; by default the forward secret AEAD ones.");
    public static final Setting<List<String>> HTTP_PROTOCOLS = define(
            Group.ENCRYPTION,
            "http_protocols",
            ValueType.words("NAMES", "h2, h1 or both", HttpVersionName::require),
            List.of("h2", "h1"),
            "What is spoken with clients that can choose (ALPN), the preferred first: h2 is HTTP/2, h1 HTTP/1.1.");
    public static final Setting<List<String>> CA_CERTS = define(
            Group.ENCRYPTION,
            "ca_certs",
            ValueType.files(),
            List.of(),
            "Certificates of the authorities, PEM, whose clients' certificates are valid (cert_reqs).");
    public static final Setting<String> CERT_REQS = define(
            Group.ENCRYPTION,
            "cert_reqs",
            ValueType.numberedChoice("WHETHER", "none", "optional", "required"),
            "none",
            "Whether clients show a certificate: none, optional (one that is shown must be valid) or required; or 0, 1, 2.");
    public static final Setting<List<String>> CRLFILE = define(
            Group.ENCRYPTION,
            "crlfile",
            ValueType.files(),
            List.of(),
            "Revocation lists, PEM, of all authorities that issue clients' certificates.");
    public static final Setting<Long> TLS_HANDSHAKE_TIMEOUT = define(
            Group.ENCRYPTION,
            "tls_handshake_timeout",
            ValueType.integer("SECONDS", 1, TEN_YEARS),
            10L,
            "Seconds that a client has for its handshake, from its connection on.");
    public static final Setting<List<String>> HTTP_LISTEN = define(
            Group.ENCRYPTION,
            "http_listen",
            ValueType.words("ADDRESSES", "HOST:PORT or [IPV6]:PORT, separated by spaces", ValueType::requirePort),
            List.of(),
            "Addresses that speak plain HTTP beside those that speak HTTPS.");
    public static final Setting<Boolean> HTTPS_REDIRECT = define(
            Group.ENCRYPTION,
            "https_redirect",
            ValueType.flag(),
            false,
            "At http_listen, send every client to the same URL with https (308, or 301 for HTTP/1.0).");
    public static final Setting<String> ACME_CHALLENGE_DIR = define(
            Group.ENCRYPTION,
            "acme_challenge_dir",
            ValueType.text("FOLDER"),
            "",
            "Folder whose files http_listen serves under /.well-known/acme-challenge/, for example certbot's"
                    + " (docs/tls.md).");
    public static final Setting<String> HSTS = define(
            Group.ENCRYPTION,
            "hsts",
            ValueType.line("VALUE"),
            "",
            "Strict-Transport-Security of the answers over HTTPS that have none, for example max-age=31536000.");

    public static final Setting<String> SERVER_NAME = define(
            Group.APPLICATION,
            "server_name",
            ValueType.line("NAME"),
            "waitress.invalid",
            "SERVER_NAME of every request.");
    public static final Setting<String> URL_SCHEME = define(
            Group.APPLICATION, "url_scheme", ValueType.line("SCHEME"), "http", "wsgi.url_scheme of every request.");
    public static final Setting<String> URL_PREFIX = define(
            Group.APPLICATION,
            "url_prefix",
            ValueType.slashed(),
            "",
            "Path under which the application lives (SCRIPT_NAME).");
    public static final Setting<String> IDENT = define(
            Group.APPLICATION,
            "ident",
            ValueType.line("TEXT"),
            "waitress",
            "Server header of the answers; empty sends none.");
    public static final Setting<Boolean> EXPOSE_TRACEBACKS = define(
            Group.APPLICATION,
            "expose_tracebacks",
            ValueType.flag(),
            false,
            "Show the traceback of a failed application to the client.");
    public static final Setting<Boolean> HTTP1_EARLY_HINTS = define(
            Group.APPLICATION,
            "http1_early_hints",
            ValueType.flag(),
            true,
            "Send early hints of applications to clients of HTTP/1.1 too; off behind an nginx before 1.29, which takes"
                    + " them for the answer.");

    public static final Setting<List<String>> TRUSTED_PROXY = define(
            Group.PROXIES,
            "trusted_proxy",
            ValueType.words("PEERS", "addresses, networks such as 10.0.0.0/8, localhost or *", PeerPattern::require),
            List.of(),
            "Peers whose word on their clients counts; localhost is every peer of a Unix socket, * is everybody.");
    public static final Setting<Long> TRUSTED_PROXY_COUNT = define(
            Group.PROXIES,
            "trusted_proxy_count",
            ValueType.integer("COUNT", 1, Integer.MAX_VALUE),
            1L,
            "Trusted proxies in a row: so many entries of a proxy header count, from its end.");
    public static final Setting<String> QUEUE_START_HEADER = define(
            Group.PROXIES,
            "queue_start_header",
            ValueType.fieldNameOrNone(),
            "",
            "Header, for example X-Request-Start, in which a trusted proxy says since when a request waits; that time"
                    + " counts into queue_timeout and waitress.queue_time (docs/overload.md).");
    public static final Setting<List<String>> TRUSTED_PROXY_HEADERS = define(
            Group.PROXIES,
            "trusted_proxy_headers",
            ValueType.words("HEADERS", ProxyTrust.VALID_HEADERS, header -> header.toLowerCase(Locale.ROOT)),
            List.of(),
            "Headers in which a trusted proxy speaks for its client.");
    public static final Setting<Boolean> PROXY_PROTOCOL = define(
            Group.PROXIES,
            "proxy_protocol",
            ValueType.flag(),
            false,
            "Every connection begins with a header of the PROXY protocol, version 1 or 2, that names the client; nobody but"
                    + " trusted_proxy may connect.");
    public static final Setting<Boolean> CLEAR_UNTRUSTED_PROXY_HEADERS = define(
            Group.PROXIES,
            "clear_untrusted_proxy_headers",
            ValueType.flag(),
            true,
            "Keep proxy headers that do not count from the application.");
    public static final Setting<Boolean> LOG_UNTRUSTED_PROXY_HEADERS = define(
            Group.PROXIES,
            "log_untrusted_proxy_headers",
            ValueType.flag(),
            false,
            "Log for each request which headers were kept from the application.");

    public static final Setting<Long> THREADS = define(
            Group.WORKERS,
            "threads",
            ValueType.integer("COUNT", 1, 10_000),
            4L,
            "Threads that run the application, in each worker process.");
    public static final Setting<Long> WORKERS = define(
            Group.WORKERS,
            "workers",
            ValueType.integer("COUNT", 1, 1024),
            1L,
            "Worker processes that run a Python application.");
    public static final Setting<String> LOOPS = define(
            Group.WORKERS,
            "loops",
            ValueType.countOrAuto(64),
            "1",
            "Event loops that speak HTTP and encrypt, each on a thread of its own; the first one also speaks with the"
                    + " application. auto is one less than there are processors, at least 1 and at most 4 (docs/loops.md).");
    public static final Setting<String> PYTHON = define(
            Group.WORKERS,
            "python",
            ValueType.text("COMMAND"),
            "",
            "Python of the workers, or the folder of a virtual environment; by default the active one's, else python3.");
    public static final Setting<Boolean> RELOAD = define(
            Group.WORKERS,
            "reload",
            ValueType.flag(),
            false,
            "For development: load a Python application again, in new workers, when one of its modules changes"
                    + " (docs/reload.md).");
    public static final Setting<List<String>> RELOAD_EXTRA = define(
            Group.WORKERS,
            "reload_extra",
            ValueType.paths("PATHS", "files, directories or globs such as templates/**/*.html, separated by spaces"),
            List.of(),
            "What else makes it load again when it changes. On the command line it may be repeated.");
    public static final Setting<String> TOUCH_RELOAD = define(
            Group.WORKERS,
            "touch_reload",
            ValueType.text("FILE"),
            "",
            "For production: load a Python application again when this file's time changes, as SIGHUP does"
                    + " (docs/reload.md).");
    public static final Setting<Long> STREAM_THREADS = define(
            Group.WORKERS,
            "stream_threads",
            ValueType.integer("COUNT", 0, 10_000),
            64L,
            "Responses, of each process, that may be on their way piece by piece without taking one of the threads: a"
                    + " client may be slow, or the application may yield once a minute.");
    public static final Setting<String> TASK_THREADS = define(
            Group.WORKERS,
            "task_threads",
            ValueType.choice("KIND", "platform", "virtual"),
            "platform",
            "What the threads of a Java application are. Virtual ones need Java 21 or newer; then hundreds may wait at once,"
                    + " with as many threads.");
    public static final Setting<String> WARMUP_PATH = define(
            Group.WORKERS,
            "warmup_path",
            ValueType.target(),
            "",
            "Path (and query) that each new worker of a Python application asks itself before it serves; an answer of 500"
                    + " and above is one that cannot be loaded (docs/reload.md).");
    public static final Setting<Boolean> PRELOAD = define(
            Group.WORKERS,
            "preload",
            ValueType.flag(),
            false,
            "Load a Python application once, in a process that forks the workers, so that they share its memory; not on"
                    + " Windows (docs/deploy/production.md).");
    public static final Setting<String> POST_FORK = define(
            Group.WORKERS,
            "post_fork",
            ValueType.functionOrNone(),
            "",
            "With preload: function MODULE:FUNCTION that each worker calls with its number once it is forked, for example to"
                    + " open connections.");
    public static final Setting<String> WORKER_EXIT = define(
            Group.WORKERS,
            "worker_exit",
            ValueType.functionOrNone(),
            "",
            "Function MODULE:FUNCTION that each worker calls with its number before it ends in good order.");
    public static final Setting<Long> MAX_REQUESTS = define(
            Group.WORKERS,
            "max_requests",
            ValueType.integer("COUNT", 0, MOST_REQUESTS),
            0L,
            "Requests after which a worker is replaced by a new one, which is ready before; 0 for no limit.");
    public static final Setting<Long> MAX_REQUESTS_JITTER = define(
            Group.WORKERS,
            "max_requests_jitter",
            ValueType.integer("COUNT", 0, MOST_REQUESTS),
            0L,
            "Up to so many more, at random for each worker, so that not all are replaced one after the other.");
    public static final Setting<Long> MAX_WORKER_AGE = define(
            Group.WORKERS,
            "max_worker_age",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            0L,
            "Seconds after which a worker is replaced; 0 for no limit.");
    public static final Setting<Long> MAX_WORKER_MEMORY = define(
            Group.WORKERS,
            "max_worker_memory",
            ValueType.integer("BYTES", 0, NO_LIMIT),
            0L,
            "Resident bytes of a worker and its children above which it is replaced, looked at every few seconds; 0 for no"
                    + " limit.");
    public static final Setting<Boolean> RETRY_IDEMPOTENT = define(
            Group.WORKERS,
            "retry_idempotent",
            ValueType.flag(),
            true,
            "Whether a GET, HEAD, OPTIONS or TRACE without a body whose worker died before it had answered anything runs"
                    + " once more, in another worker.");

    public static final Setting<Boolean> HEALTH = define(
            Group.HEALTH,
            "health",
            ValueType.flag(),
            false,
            "Answer at two paths, without the application, whether the server lives and whether it is ready"
                    + " (docs/health.md).");
    public static final Setting<String> HEALTH_PATH = define(
            Group.HEALTH,
            "health_path",
            ValueType.slashed(),
            "/-",
            "Path under which live and ready lie, by default /-/live and /-/ready; url_prefix is not put before it.");
    public static final Setting<List<String>> HEALTH_LISTEN = define(
            Group.HEALTH,
            "health_listen",
            ValueType.words("ADDRESSES", "HOST:PORT or [IPV6]:PORT, separated by spaces", ValueType::requirePort),
            List.of(),
            "Addresses of their own for the two paths, where nothing else is served; they answer from the start on,"
                    + " before the application is loaded.");

    public static final Setting<String> CONTROL_SOCKET = define(
            Group.CONTROL,
            "control_socket",
            ValueType.socketPath(),
            "",
            "Path of a Unix socket, for the server's own user alone, by which waitress-serve ctl and top reach it"
                    + " (docs/ctl.md).");

    public static final Setting<List<String>> METRICS_LISTEN = define(
            Group.METRICS,
            "metrics_listen",
            ValueType.words("ADDRESSES", "HOST:PORT or [IPV6]:PORT, separated by spaces", ValueType::requirePort),
            List.of(),
            "Addresses of their own where /metrics tells Prometheus and others what the server counts"
                    + " (docs/metrics.md).");

    public static final Setting<Long> METRICS_LIMIT = define(
            Group.METRICS,
            "metrics_limit",
            ValueType.integer("SERIES", 1, 100_000),
            5000L,
            "Series of the application's own metrics, a histogram counting as one; others are dropped, and counted.");

    public static final Setting<Boolean> ADMIN_ACTIONS = define(
            Group.METRICS,
            "admin_actions",
            ValueType.flag(),
            false,
            "Let who may see all on the page of metrics_listen reload the application, and start and end workers.");
    public static final Setting<String> ADMIN_TOKEN = define(
            Group.METRICS,
            "admin_token",
            ValueType.credential("TOKEN"),
            "",
            "Who knows it sees query strings and tracebacks on the page of metrics_listen also where that is no loopback"
                    + " address; best given as WAITRESS_ADMIN_TOKEN, which other users cannot read.");

    public static final Setting<Boolean> TRACE = define(
            Group.TRACES,
            "trace",
            ValueType.flag(),
            false,
            "Give every request a trace: the one that a trusted proxy names in traceparent, or a new one. Application,"
                    + " access log and answer are told (docs/tracing.md).");
    public static final Setting<Double> TRACE_SAMPLE = define(
            Group.TRACES,
            "trace_sample",
            ValueType.ratio("RATIO"),
            1.0,
            "Share of the traces that begin here whose spans are recorded, from 0 to 1; for others the caller decides.");
    public static final Setting<String> OTLP_ENDPOINT = define(
            Group.TRACES,
            "otlp_endpoint",
            ValueType.httpUrlOrNone(),
            "",
            "Collector that is sent the spans of requests, by OTLP over HTTP: http://HOST:4318, to which /v1/traces is added.");
    public static final Setting<String> SERVICE_NAME = define(
            Group.TRACES,
            "service_name",
            ValueType.line("NAME"),
            "",
            "What the spans are said to be of; else OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES says it, or it is waitress.");

    public static final Setting<String> PID_FILE = define(
            Group.SERVICE,
            "pid_file",
            ValueType.text("FILE"),
            "",
            "File that holds the number of the server's process from the time when it listens until its end.");
    public static final Setting<String> USER = define(
            Group.SERVICE,
            "user",
            ValueType.text("USER"),
            "",
            "User, by name or number, that every process becomes when root starts the command and has bound the one address"
                    + " (docs/deploy/production.md).");
    public static final Setting<String> GROUP = define(
            Group.SERVICE,
            "group",
            ValueType.text("GROUP"),
            "",
            "Group, by name or number, with that user; by default the user's own.");

    public static final Setting<Boolean> LOG_SOCKET_ERRORS = define(
            Group.LOGGING,
            "log_socket_errors",
            ValueType.flag(),
            true,
            "Log errors of client sockets; that a client leaves is none.");
    public static final Setting<String> LOG_LEVEL = define(
            Group.LOGGING,
            "log_level",
            ValueType.choice("LEVEL", "debug", "info", "warning", "error"),
            "info",
            "Which records of the server the command shows: debug, info, warning or error, and what is worse.");
    public static final Setting<String> LOG_FORMAT = define(
            Group.LOGGING,
            "log_format",
            ValueType.choice("FORMAT", "plain", "time", "json"),
            "plain",
            "Form of the command's records on standard error: plain, time to put date and time before each, or json.");
    public static final Setting<String> LOG_CONFIG = define(
            Group.LOGGING,
            "log_config",
            ValueType.text("FILE"),
            "",
            "JSON file for Python's logging.config.dictConfig, which then rules over the front's records too.");
    public static final Setting<String> ACCESS_LOG = define(
            Group.LOGGING,
            "access_log",
            ValueType.text("FILE"),
            "",
            "File to which a line is added for every request; - is standard output. SIGUSR1 opens it again.");
    public static final Setting<String> ACCESS_LOG_FORMAT = define(
            Group.LOGGING,
            "access_log_format",
            ValueType.text("FORMAT"),
            "combined",
            "Form of its lines: combined, json, or directives such as %h %t %r %>s %D (docs/logging.md).");
    public static final Setting<String> ACCESS_LOG_FILTER = define(
            Group.LOGGING,
            "access_log_filter",
            ValueType.text("CONDITIONS"),
            "",
            "Which requests have a line, for example: not path:/-/, status>=400, sample:0.01 (all must hold; docs/logging.md).");
    public static final Setting<Long> SLOW_REQUEST_THRESHOLD = define(
            Group.LOGGING,
            "slow_request_threshold",
            ValueType.integer("SECONDS", 0, ONE_DAY),
            0L,
            "Seconds from which on a request is slow: a record tells its phases, and where its code was. 0 tells of none.");
    public static final Setting<Boolean> REQUEST_ID = define(
            Group.LOGGING,
            "request_id",
            ValueType.flag(),
            false,
            "Name every request in its environ and in its answer, even if no access log shows the name.");
    public static final Setting<String> REQUEST_ID_HEADER = define(
            Group.LOGGING,
            "request_id_header",
            ValueType.fieldName(),
            "X-Request-ID",
            "Header of that name, in answers and from a trusted proxy.");

    public static final Setting<Long> RECV_BYTES = define(
            Group.BUFFERS,
            "recv_bytes",
            ValueType.integer("BYTES", 1, 16 * MIB),
            8192L,
            "Most bytes taken by one read of a client's socket; more of a body that is read straight into shared memory.");
    public static final Setting<Long> CHANNEL_REQUEST_LOOKAHEAD = define(
            Group.BUFFERS,
            "channel_request_lookahead",
            ValueType.integer("REQUESTS", 0, 10_000),
            0L,
            "Requests of a connection that are received while another one of it runs; each is buffered in full.");
    public static final Setting<Long> INBUF_OVERFLOW = define(
            Group.BUFFERS,
            "inbuf_overflow",
            ValueType.integer("BYTES", 1, 1024 * MIB),
            512 * KIB,
            "Bytes of a request body from which it goes to a file.");
    public static final Setting<Long> OUTBUF_OVERFLOW = define(
            Group.BUFFERS,
            "outbuf_overflow",
            ValueType.integer("BYTES", 1, 1024 * MIB),
            MIB,
            "Bytes of pending output from which they go to a file.");
    public static final Setting<Long> OUTBUF_HIGH_WATERMARK = define(
            Group.BUFFERS,
            "outbuf_high_watermark",
            ValueType.integer("BYTES", 1, NO_LIMIT),
            16 * MIB,
            "Pending output in bytes above which the application waits.");
    public static final Setting<Long> SEND_BYTES = deprecate(
            Group.COMPATIBILITY,
            "send_bytes",
            ValueType.integer("BYTES", 1, NO_LIMIT),
            1L,
            "Output always leaves as soon as the application has made it. Deprecated: its use is logged.");

    public static final Setting<Long> MAX_REQUEST_HEADER_SIZE = define(
            Group.LIMITS,
            "max_request_header_size",
            ValueType.integer("BYTES", 1, 64 * MIB),
            256 * KIB,
            "Bytes at which a request head is refused (431).");
    public static final Setting<Long> MAX_REQUEST_LINE_SIZE = define(
            Group.LIMITS,
            "max_request_line_size",
            ValueType.integer("BYTES", 1, 64 * MIB),
            64 * KIB,
            "Most bytes of a request line (414).");
    public static final Setting<Long> MAX_REQUEST_HEADERS = define(
            Group.LIMITS,
            "max_request_headers",
            ValueType.integer("COUNT", 1, 100_000),
            1000L,
            "Most header lines of a request (431).");
    public static final Setting<Long> MAX_REQUEST_BODY_SIZE = define(
            Group.LIMITS,
            "max_request_body_size",
            ValueType.integer("BYTES", 1, NO_LIMIT),
            1024 * MIB,
            "Bytes at which a request body is refused (413).");
    public static final Setting<Long> MAX_CHUNK_LINE_SIZE = define(
            Group.LIMITS,
            "max_chunk_line_size",
            ValueType.integer("BYTES", 16, MIB),
            16 * KIB,
            "Most bytes of the size and extensions of one chunk (400).");
    public static final Setting<Long> MAX_REQUEST_TRAILER_SIZE = define(
            Group.LIMITS,
            "max_request_trailer_size",
            ValueType.integer("BYTES", 1, 64 * MIB),
            16 * KIB,
            "Most bytes of the trailer fields after a chunked body (431).");
    public static final Setting<Long> CONNECTION_LIMIT = define(
            Group.LIMITS,
            "connection_limit",
            ValueType.integer("COUNT", 1, 1_000_000),
            10_000L,
            "Client connections open at once, fewer where the system allows fewer open files; at the limit the one that"
                    + " has been idle for longest makes room.");

    public static final Setting<Long> CONNECTIONS_PER_ADDRESS = define(
            Group.LIMITS,
            "connections_per_address",
            ValueType.integer("COUNT", 0, 1_000_000),
            0L,
            "Connections open at once from one address; more are closed at once. 0 is no limit, as it must be behind a"
                    + " proxy, unless that names its clients by proxy_protocol.");

    public static final Setting<Long> QUEUE_LIMIT = define(
            Group.LIMITS,
            "queue_limit",
            ValueType.integer("REQUESTS", 0, 1_000_000),
            0L,
            "Requests that may wait until a thread of the application is free; more are refused at once (503 with"
                    + " Retry-After). 0 is no limit.");

    public static final Setting<Long> HTTP2_MAX_CONCURRENT_STREAMS = define(
            Group.LIMITS,
            "http2_max_concurrent_streams",
            ValueType.integer("COUNT", 1, 10_000),
            100L,
            "Requests of one HTTP/2 connection that are received or answered at once; one that its client has given up"
                    + " counts until the application has ended.");

    public static final Setting<Long> CLEANUP_INTERVAL = define(
            Group.TIMES,
            "cleanup_interval",
            ValueType.integer("SECONDS", 1, TEN_YEARS),
            30L,
            "Seconds between looks for idle connections.");
    public static final Setting<Long> CHANNEL_TIMEOUT = define(
            Group.TIMES,
            "channel_timeout",
            ValueType.integer("SECONDS", 1, TEN_YEARS),
            120L,
            "Seconds after which an idle connection is closed.");
    public static final Setting<Long> REQUEST_HEAD_TIMEOUT = define(
            Group.TIMES,
            "request_head_timeout",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            30L,
            "Seconds in which a request head must arrive from its first byte on (408); 0 is no limit.");
    public static final Setting<Long> REQUEST_BODY_MIN_RATE = define(
            Group.TIMES,
            "request_body_min_rate",
            ValueType.integer("BYTES", 0, NO_LIMIT),
            240L,
            "Bytes/s at which a request body must arrive, on average after the first 10 seconds (408); 0 is no limit.");
    public static final Setting<Long> QUEUE_TIMEOUT = define(
            Group.TIMES,
            "queue_timeout",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            0L,
            "Seconds that a request may wait until a thread of the application is free; then it is refused (503 with"
                    + " Retry-After). 0 is no limit.");
    public static final Setting<Long> REQUEST_TIMEOUT = define(
            Group.TIMES,
            "request_timeout",
            ValueType.integer("SECONDS", 0, ONE_DAY),
            0L,
            "Seconds that the application may take for a request; then its client gets 504, the log shows where it is, and"
                    + " it is cut short (docs/timeouts.md). 0 is no limit.");
    public static final Setting<String> REQUEST_TIMEOUT_STACKS = define(
            Group.TIMES,
            "request_timeout_stacks",
            ValueType.choice("WHICH", "running", "all"),
            "running",
            "Whose stack the log shows then: running is that of the request's thread, all is those of all threads.");
    public static final Setting<Long> SHUTDOWN_TIMEOUT = define(
            Group.TIMES,
            "shutdown_timeout",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            30L,
            "Seconds that running requests have to end when the server stops, or their worker is replaced; 5 for Ctrl-C,"
                    + " unless it is given.");
    public static final Setting<Long> DRAIN_DELAY = define(
            Group.TIMES,
            "drain_delay",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            0L,
            "Seconds for which the server goes on as before when it is told to end, but says that it is not ready"
                    + " (health); none for Ctrl-C.");
    public static final Setting<Long> STARTUP_TIMEOUT = define(
            Group.TIMES,
            "startup_timeout",
            ValueType.integer("SECONDS", 1, TEN_YEARS),
            60L,
            "Seconds that a worker has to load the application; then it is ended, and what kept it is shown.");
    public static final Setting<Long> WORKER_TIMEOUT = define(
            Group.TIMES,
            "worker_timeout",
            ValueType.integer("SECONDS", 0, TEN_YEARS),
            60L,
            "Seconds after which a worker that answers nothing at all, not even that it lives, is replaced and killed; the"
                    + " log says where its threads were. 0 is no limit.");

    public static final Setting<Long> BUSY_POLL = define(
            Group.TIMES,
            "busy_poll",
            ValueType.integer("MICROSECONDS", 0, 10_000),
            50L,
            "Time that the event loop looks for what is on its way before it sleeps, while one request at a time comes and"
                    + " is answered so soon; 0 to save power.");
    public static final Setting<Long> ASYNCORE_LOOP_TIMEOUT = define(
            Group.COMPATIBILITY,
            "asyncore_loop_timeout",
            ValueType.integer("SECONDS", 1, TEN_YEARS),
            1L,
            "The event loop wakes up for what is due and sleeps no longer.");
    public static final Setting<Boolean> ASYNCORE_USE_POLL = define(
            Group.COMPATIBILITY,
            "asyncore_use_poll",
            ValueType.flag(),
            false,
            "The event loop has no limit of 1024 descriptors in any case.");

    private final Group group;
    private final String name;
    private final ValueType<T> cast;
    private final T defaultValue;
    private final String doc;
    private final boolean deprecated;

    private Setting(Group group, String name, ValueType<T> cast, T defaultValue, String doc, boolean deprecated) {
        this.group = group;
        this.name = name;
        this.cast = cast;
        this.defaultValue = defaultValue;
        this.doc = doc;
        this.deprecated = deprecated;
        TABLE.add(this);
    }

    private static <T> Setting<T> define(Group group, String name, ValueType<T> cast, T defaultValue, String doc) {
        return new Setting<>(group, name, cast, defaultValue, doc, false);
    }

    private static <T> Setting<T> deprecate(Group group, String name, ValueType<T> cast, T defaultValue, String doc) {
        return new Setting<>(group, name, cast, defaultValue, doc, true);
    }

    /** Every setting, in the order of the table. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    /** Those that can be given as text, and so on a command line. */
    public static List<Setting<?>> textual() {
        return TABLE.stream().filter(setting -> setting != SOCKETS).toList();
    }

    /** The setting of this name, in its spelling with underscores. */
    public static Optional<Setting<?>> named(String name) {
        return TABLE.stream().filter(setting -> setting.name.equals(name)).findFirst();
    }

    static Setting<?> require(String name) {
        return named(name)
                .orElseThrow(() -> new SettingsException("Unknown adjustment '" + name + "'"
                        + Suggestion.question(
                                name, TABLE.stream().map(Setting::name).toList())));
    }

    public String name() {
        return name;
    }

    /** Name of the command's option, without its dashes. */
    public String option() {
        return name.replace('_', '-');
    }

    /** Name of the environment variable. */
    public String variable() {
        return "WAITRESS_" + name.toUpperCase(Locale.ROOT);
    }

    public Group group() {
        return group;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** One or two sentences for help texts. */
    public String doc() {
        return doc;
    }

    /** What it accepts, in words that follow "must be". */
    public String valid() {
        return cast.valid();
    }

    /** Word that stands for the value in help texts; empty for a flag. */
    public String valueWord() {
        return cast.word();
    }

    /** Whether its value must not be seen: no option of the command, and no report, shows it. */
    public boolean isSecret() {
        return this == KEYFILE_PASSWORD;
    }

    public boolean isFlag() {
        return defaultValue instanceof Boolean;
    }

    boolean isDeprecated() {
        return deprecated;
    }

    T parse(String text, String spelling) {
        try {
            return cast.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(spelling, text, cast.valid());
        }
    }

    T check(T value) {
        try {
            return cast.check(value);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(name, value, cast.valid());
        }
    }

    /** A value in the text form that {@link #parse} reads; empty for none. */
    public static String text(Object value) {
        if (value instanceof List<?> items) {
            return String.join(" ", items.stream().map(String::valueOf).toList());
        }
        return value instanceof Integer mode ? Integer.toOctalString(mode) : value.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
