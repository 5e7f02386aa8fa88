package dev.waitress.wsgi;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds an application and its server to PEP 3333, for tests: whatever breaks the rules is an {@link AssertionError}
 * that names the rule. What Python's {@code wsgiref.validate} is to Python.
 *
 * <pre>{@code
 * Waitress.serve(new Validator(application), settings);
 * }</pre>
 */
public final class Validator implements Application {
    private static final List<String> TEXTS = List.of(
            "REQUEST_METHOD",
            "SCRIPT_NAME",
            "PATH_INFO",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL",
            "wsgi.url_scheme");
    private static final List<String> FLAGS = List.of("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once");

    private static final Pattern STATUS = Pattern.compile("[2-5][0-9]{2} [\\t -~\\u0080-\\u00ff]*");
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t -~\\u0080-\\u00ff]*");

    private final Application application;

    public Validator(Application application) {
        this.application = application;
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception {
        checkEnviron(environ);
        Checked response = new Checked(startResponse);
        Iterable<byte[]> body = application.call(environ, response);
        require(body != null, "the application returned null instead of an iterable");
        return new Body(body, response);
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new AssertionError(rule);
        }
    }

    // ---- What the server gives
    // ---------------------------------------------------------------------------------------

    private static void checkEnviron(Map<String, Object> environ) {
        TEXTS.forEach(key -> text(environ, key));
        FLAGS.forEach(key -> require(environ.get(key) instanceof Boolean, key + " is not true or false"));
        require(environ.get("wsgi.input") instanceof InputStream, "wsgi.input is not a stream");
        require(environ.get("wsgi.errors") instanceof PrintStream, "wsgi.errors is not a stream");
        require(List.of(1, 0).equals(environ.get("wsgi.version")), "wsgi.version is not (1, 0)");
        require(!environ.containsKey("HTTP_CONTENT_TYPE"), "HTTP_CONTENT_TYPE is CONTENT_TYPE");
        require(!environ.containsKey("HTTP_CONTENT_LENGTH"), "HTTP_CONTENT_LENGTH is CONTENT_LENGTH");
        String script = text(environ, "SCRIPT_NAME");
        String path = text(environ, "PATH_INFO");
        require(script.isEmpty() || script.startsWith("/"), "SCRIPT_NAME does not begin with a slash: " + script);
        require(!script.equals("/"), "SCRIPT_NAME is a slash alone, which belongs to PATH_INFO");
        require(
                path.isEmpty() || path.equals("*") || path.startsWith("/"),
                "PATH_INFO does not begin with a slash: " + path);
        environ.forEach((key, value) -> {
            boolean latin1 = !(value instanceof String text) || text.chars().allMatch(character -> character <= 0xFF);
            require(latin1, key + " has a character beyond U+00FF");
        });
    }

    private static String text(Map<String, Object> environ, String key) {
        if (environ.get(key) instanceof String text) {
            return text;
        }
        throw new AssertionError(key + " is not text");
    }

    // ---- What the application says
    // -----------------------------------------------------------------------------------

    /** The application's view of start_response. */
    private static final class Checked implements StartResponse {
        private final StartResponse server;
        private boolean started;
        private boolean bodyEnded;
        private boolean bodiless;

        Checked(StartResponse server) {
            this.server = server;
        }

        @Override
        public Write start(String status, List<Header> headers) {
            require(!started, "start_response was called twice without a failure");
            check(status, headers);
            return checked(server.start(status, headers));
        }

        @Override
        public Write restart(String status, List<Header> headers, Exception failure) throws Exception {
            check(status, headers);
            return checked(server.restart(status, headers, failure));
        }

        private void check(String status, List<Header> headers) {
            require(
                    STATUS.matcher(status).matches(),
                    "the status is not three digits, a space and a reason: " + status);
            bodiless = status.startsWith("204") || status.startsWith("304");
            Set<String> once = new HashSet<>();
            for (Header header : headers) {
                require(NAME.matcher(header.name()).matches(), "the name of a header is not a token: " + header);
                require(
                        VALUE.matcher(header.value()).matches(),
                        "the value of a header has a control character: " + header);
                String name = header.name().toLowerCase(Locale.ROOT);
                require(!name.equals("status"), "the status is no header");
                boolean singular = name.equals("content-type") || name.equals("content-length");
                require(!singular || once.add(name), "two headers " + header.name());
            }
            require(
                    !bodiless || !once.contains("content-type") || status.startsWith("304"),
                    "a Content-Type of a response without content");
            require(bodiless || once.contains("content-type"), "no Content-Type");
            started = true;
        }

        private Write checked(Write write) {
            return block -> {
                require(!bodyEnded, "write was called after the end of the body");
                checkBlock(block);
                write.write(block);
            };
        }

        void checkBlock(byte @Nullable [] block) {
            if (block == null) {
                throw new AssertionError("a block of the body is null");
            }
            require(started, "start_response was not called before the first block");
            require(!bodiless || block.length == 0, "content of a response that has none");
        }
    }

    /** The server's view of the body. */
    @SuppressWarnings("try") // closing is the application's code, which may throw anything
    private static final class Body implements Iterable<byte[]>, AutoCloseable {
        private final Iterable<byte[]> blocks;
        private final Checked response;
        private boolean iterated;
        private boolean ended;
        private boolean closed;

        Body(Iterable<byte[]> blocks, Checked response) {
            this.blocks = blocks;
            this.response = response;
        }

        @Override
        public Iterator<byte[]> iterator() {
            require(!iterated, "the body was iterated twice");
            require(!closed, "the body was iterated after it was closed");
            iterated = true;
            Iterator<byte[]> inner = blocks.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    require(!closed, "a block was asked for after the body was closed");
                    ended = !inner.hasNext();
                    return !ended;
                }

                @Override
                public byte[] next() {
                    byte[] block = inner.next();
                    response.checkBlock(block);
                    return block;
                }
            };
        }

        @Override
        public void close() throws Exception {
            require(!closed, "the body was closed twice");
            closed = true;
            response.bodyEnded = true;
            if (blocks instanceof AutoCloseable closeable) {
                closeable.close();
            }
            require(response.started || !ended, "start_response was never called");
        }
    }
}
