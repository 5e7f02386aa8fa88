package dev.waitress.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One tunable of the server. The constants of this class are the whole table: options of the command line, their help
 * and the typed API all come from it.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    // Addresses.
    public static final Setting<String> HOST =
            define("host", Cast.text(), "0.0.0.0", "Name or address to listen on; * is every address.");
    public static final Setting<Long> PORT =
            define("port", Cast.integer(0, 65_535), 8080L, "TCP port; 0 takes a free one.");
    public static final Setting<List<String>> LISTEN = define(
            "listen",
            Cast.list(),
            List.of("0.0.0.0:8080"),
            "Addresses to listen on, each HOST[:PORT]; may be repeated.");
    public static final Setting<Boolean> IPV4 =
            define("ipv4", Cast.flag(), true, "Listen on IPv4 addresses of a name or *.");
    public static final Setting<Boolean> IPV6 =
            define("ipv6", Cast.flag(), true, "Listen on IPv6 addresses of a name or *.");
    public static final Setting<String> UNIX_SOCKET =
            define("unix_socket", Cast.text(), "", "Path of a Unix socket to listen on instead of TCP.");
    public static final Setting<Integer> UNIX_SOCKET_PERMS =
            define("unix_socket_perms", Cast.octal(), 0600, "File mode of the Unix socket, octal.");

    // What the application sees.
    public static final Setting<String> SERVER_NAME =
            define("server_name", Cast.text(), "waitress.invalid", "SERVER_NAME of every request.");
    public static final Setting<String> URL_SCHEME =
            define("url_scheme", Cast.text(), "http", "wsgi.url_scheme of every request.");
    public static final Setting<String> URL_PREFIX =
            define("url_prefix", Cast.slashed(), "", "Path under which the application lives (SCRIPT_NAME).");
    public static final Setting<String> IDENT =
            define("ident", Cast.text(), "waitress", "Server header of the answers; empty sends none.");
    public static final Setting<Boolean> EXPOSE_TRACEBACKS = define(
            "expose_tracebacks", Cast.flag(), false, "Show the traceback of a failed application to the client.");

    // Who runs the application.
    public static final Setting<Long> THREADS =
            define("threads", Cast.integer(1, 10_000), 4L, "Threads that run the application, in each worker process.");
    public static final Setting<Long> WORKERS =
            define("workers", Cast.integer(1, 1024), 1L, "Worker processes that run a Python application.");
    public static final Setting<String> PYTHON = define(
            "python", Cast.text(), "", "Python of the workers; by default the active virtualenv's, else python3.");

    // Buffers and limits.
    public static final Setting<Long> BACKLOG =
            define("backlog", Cast.integer(1, 65_535), 1024L, "Connections that may wait to be accepted.");
    public static final Setting<Long> RECV_BYTES = define(
            "recv_bytes", Cast.integer(1, 16 * MIB), 8192L, "Most bytes taken by one read of a client's socket.");
    public static final Setting<Long> INBUF_OVERFLOW = define(
            "inbuf_overflow",
            Cast.integer(1, 1024 * MIB),
            512 * KIB,
            "Bytes of a request body from which it goes to a file.");
    public static final Setting<Long> OUTBUF_OVERFLOW = define(
            "outbuf_overflow",
            Cast.integer(1, 1024 * MIB),
            MIB,
            "Bytes of pending output from which they go to a file.");
    public static final Setting<Long> OUTBUF_HIGH_WATERMARK = define(
            "outbuf_high_watermark",
            Cast.integer(1, NO_LIMIT),
            16 * MIB,
            "Pending output in bytes above which the application waits.");
    public static final Setting<Long> MAX_REQUEST_HEADER_SIZE = define(
            "max_request_header_size",
            Cast.integer(1, 64 * MIB),
            256 * KIB,
            "Bytes at which a request head is refused (431).");
    public static final Setting<Long> MAX_REQUEST_LINE_SIZE =
            define("max_request_line_size", Cast.integer(1, 64 * MIB), 64 * KIB, "Most bytes of a request line (414).");
    public static final Setting<Long> MAX_REQUEST_HEADERS =
            define("max_request_headers", Cast.integer(1, 100_000), 1000L, "Most header lines of a request (431).");
    public static final Setting<Long> MAX_REQUEST_BODY_SIZE = define(
            "max_request_body_size",
            Cast.integer(0, NO_LIMIT),
            1024 * MIB,
            "Bytes at which a request body is refused (413).");
    public static final Setting<Long> MAX_CHUNK_LINE_SIZE = define(
            "max_chunk_line_size",
            Cast.integer(16, MIB),
            16 * KIB,
            "Most bytes of the size and extensions of one chunk (400).");
    public static final Setting<Long> MAX_REQUEST_TRAILER_SIZE = define(
            "max_request_trailer_size",
            Cast.integer(0, 64 * MIB),
            16 * KIB,
            "Most bytes of the trailer fields after a chunked body (431).");
    public static final Setting<Long> CONNECTION_LIMIT = define(
            "connection_limit", Cast.integer(1, 1_000_000), 10_000L, "Connections open at once; further clients wait.");

    // Times, in seconds.
    public static final Setting<Long> CLEANUP_INTERVAL =
            define("cleanup_interval", Cast.integer(1, 86_400), 30L, "Seconds between looks for idle connections.");
    public static final Setting<Long> CHANNEL_TIMEOUT = define(
            "channel_timeout", Cast.integer(1, 86_400), 120L, "Seconds after which an idle connection is closed.");
    public static final Setting<Long> REQUEST_HEAD_TIMEOUT = define(
            "request_head_timeout",
            Cast.integer(0, 86_400),
            30L,
            "Seconds in which a request head must arrive from its first byte on (408); 0 is no limit.");
    public static final Setting<Long> REQUEST_BODY_MIN_RATE = define(
            "request_body_min_rate",
            Cast.integer(0, NO_LIMIT),
            240L,
            "Bytes/s at which a request body must arrive, on average after the first 10 seconds (408); 0 is no limit.");
    public static final Setting<Long> SHUTDOWN_TIMEOUT = define(
            "shutdown_timeout",
            Cast.integer(0, 86_400),
            30L,
            "Seconds that running requests have to end when the server stops.");

    private final String name;
    private final Cast<T> cast;
    private final T defaultValue;
    private final String doc;

    private Setting(String name, Cast<T> cast, T defaultValue, String doc) {
        this.name = name;
        this.cast = cast;
        this.defaultValue = defaultValue;
        this.doc = doc;
    }

    private static <T> Setting<T> define(String name, Cast<T> cast, T defaultValue, String doc) {
        Setting<T> setting = new Setting<>(name, cast, defaultValue, doc);
        TABLE.add(setting);
        return setting;
    }

    /** Every setting, in the order of the table. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    /** The setting of this name, in its spelling with underscores. */
    public static Optional<Setting<?>> named(String name) {
        return TABLE.stream().filter(setting -> setting.name.equals(name)).findFirst();
    }

    public String name() {
        return name;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** One sentence for help texts. */
    public String doc() {
        return doc;
    }

    /** Word that stands for the value in help texts; empty for a flag. */
    public String valueWord() {
        return cast.word();
    }

    public boolean isFlag() {
        return cast.word().isEmpty();
    }

    public boolean isList() {
        return defaultValue instanceof List;
    }

    T parse(String text) {
        try {
            return cast.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(name, text, String.valueOf(e.getMessage()));
        }
    }

    T check(T value) {
        try {
            return cast.check(value);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(name, value, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
