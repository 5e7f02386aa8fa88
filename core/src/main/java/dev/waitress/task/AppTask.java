package dev.waitress.task;

import dev.waitress.buffer.FileRegion;
import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.http.Ascii;
import dev.waitress.http.Printable;
import dev.waitress.http.ResponseHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.FileWrapper;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One request being answered by a Java application. Task threads. */
final class AppTask implements StartResponse {
    private static final Logger LOG = System.getLogger("waitress");

    /** Bytes; a copy costs next to nothing up to here. */
    private static final int LARGEST_COPY = 64 * 1024;

    /** Until the thread takes it, or its client goes. */
    private final AtomicReference<@Nullable Request> waiting;

    private final ResponseStream stream;

    /** What start_response was given; null until it is called. */
    private @Nullable ResponseHead head;

    private boolean headSent;

    /** Bytes of the body so far. */
    private long written;

    /** Whether the stream knows how the response ends. */
    private boolean ended;

    private final boolean headRequest;
    private final UnknownStatuses unknownStatuses;

    /** Whether nothing can be added to the response; an application may ask for that on any thread. */
    private volatile boolean over;

    AppTask(
            Request request,
            Response response,
            Executor loop,
            Transit transit,
            Settings settings,
            UnknownStatuses unknownStatuses) {
        this.waiting = new AtomicReference<>(request);
        this.headRequest = request.head().isMethod("HEAD");
        this.unknownStatuses = unknownStatuses;
        this.stream = new ResponseStream(
                response, loop, transit, settings.get(Setting.OUTBUF_HIGH_WATERMARK), this::dropUnbegun);
    }

    /**
     * Calls the application unless nobody waits for it any more. Whatever it does, a failure is logged, the thread goes
     * on, and {@link #handOver} completes the answer.
     */
    void run(Application application, Map<String, String> constants, Environ variables) {
        Request request = waiting.getAndSet(null);
        if (request == null) {
            return;
        }
        stream.begin();
        Object path = "";
        try (InputStream input = request.body().open()) {
            Map<String, Object> environ = environ(request, constants, variables);
            // Taken now: applications move parts of the path to SCRIPT_NAME.
            path = environ.getOrDefault("PATH_INFO", "");
            environ.put("wsgi.input", input);
            answer(application, environ);
        } catch (ClientDisconnectedException e) {
            LOG.log(Level.INFO, "Client disconnected while serving " + Printable.of(String.valueOf(path)));
        } catch (Throwable e) { // an Error of the application must not end the thread either
            failed(String.valueOf(path), e);
        } finally {
            over = true;
            request.body().discard();
        }
    }

    /** The client is gone: what it sent need not wait any longer, however long the threads are busy. */
    private void dropUnbegun() {
        Request request = waiting.getAndSet(null);
        if (request != null) {
            request.body().discard();
        }
    }

    /** The end of the answer, after which nothing is left to do. */
    void handOver() {
        stream.handOver();
    }

    private void failed(String path, Throwable failure) {
        String message = "Exception while serving " + Printable.of(path);
        String traceback = "";
        try {
            StackTraceText text = StackTraceText.of(failure);
            traceback = text.toString();
            if (text.isWhole()) {
                LOG.log(Level.ERROR, message, failure);
            } else {
                LOG.log(Level.ERROR, message + "\n" + traceback);
            }
        } catch (Throwable e) {
            // A handler of the application's logging fails, or there is no memory: client and thread must not suffer.
        } finally {
            stream.fail(traceback);
        }
    }

    private Map<String, Object> environ(Request request, Map<String, String> constants, Environ variables) {
        Map<String, Object> environ = new HashMap<>(64);
        environ.putAll(constants);
        variables.write(
                request,
                (key, keyEnd, value, start, end) -> environ.put(
                        new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                        new String(value, start, end - start, StandardCharsets.ISO_8859_1)));
        environ.put("wsgi.version", List.of(1, 0));
        environ.put("wsgi.input_terminated", true);
        environ.put("wsgi.file_wrapper", (FileWrapper.Factory) FileWrapper::new);
        environ.put("wsgi.errors", System.err);
        environ.put("wsgi.multithread", true);
        environ.put("wsgi.multiprocess", false);
        environ.put("wsgi.run_once", false);
        environ.put("waitress.client_disconnected", (BooleanSupplier) stream::isClientGone);
        return environ;
    }

    private void answer(Application application, Map<String, Object> environ) throws Exception {
        Iterable<byte[]> body = application.call(environ, this);
        if (body == null) {
            throw new IllegalStateException("the application returned null instead of the blocks of a body");
        }
        boolean handedOver = false;
        try {
            if (body instanceof FileWrapper wrapper && wrapper.channel().isPresent()) {
                handedOver = sendFile(wrapper, wrapper.channel().get());
            } else {
                sendBlocks(body);
            }
        } finally {
            if (!handedOver && body instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
        end();
    }

    /** Sends a file from its position on; true if it is to stay open until the loop has sent it. */
    private boolean sendFile(FileWrapper wrapper, FileChannel file) throws IOException {
        ResponseHead stated = requireHead();
        long position = file.position();
        long size = Math.max(0, file.size() - position);
        if (!headSent && (stated.contentLength() == ResponseHead.NO_LENGTH || stated.contentLength() > size)) {
            stated.setContentLength(size);
        }
        long count = stated.contentLength() == ResponseHead.NO_LENGTH
                ? size
                : Math.min(size, stated.contentLength() - written);
        sendHead();
        if (count > 0) {
            stream.end(new FileRegion(file, position, count, wrapper));
            ended = true;
        }
        return count > 0;
    }

    private void sendBlocks(Iterable<byte[]> body) throws ClientDisconnectedException, InterruptedException {
        if (!headSent && body instanceof List<byte[]> blocks && blocks.size() <= 1) {
            byte[] only = blocks.isEmpty() ? new byte[0] : copyOfSmall(blocks.get(0));
            stream.send(requireHead(), only);
            headSent = true;
            ended = true;
            return;
        }
        if (headRequest && head != null) {
            return; // all that the client gets is known, and there may be no end of the blocks
        }
        for (byte[] block : body) {
            boolean surplus = isFull();
            if (block.length > 0) {
                sendHead();
                written += block.length;
                stream.body(block.clone());
            } else if (stream.isClientGone()) {
                throw new ClientDisconnectedException();
            }
            if (block.length > 0 && surplus || isBodiless()) {
                return; // the client gets no more; the loop warns of a block that does not belong there
            }
        }
    }

    /** An application may use its arrays again; large ones of a list it leaves to the server, as it is told. */
    private static byte[] copyOfSmall(byte[] block) {
        return block.length <= LARGEST_COPY ? block.clone() : block;
    }

    private boolean isFull() {
        return headSent
                && head != null
                && head.contentLength() != ResponseHead.NO_LENGTH
                && written >= head.contentLength();
    }

    private boolean isBodiless() {
        return head != null && (headRequest || headSent && head.isBodiless());
    }

    /** After the body is closed: a failure of that must not follow an answer that says it is complete. */
    private void end() {
        if (!ended) {
            sendHead();
            stream.end();
        }
    }

    private ResponseHead requireHead() {
        if (head == null) {
            throw new IllegalStateException("start_response was not called before body written");
        }
        return head;
    }

    private void sendHead() {
        if (!headSent) {
            stream.start(requireHead(), ResponseHead.NO_LENGTH);
            headSent = true;
        }
    }

    @Override
    public Write start(String status, List<Header> headers) {
        if (head != null) {
            throw new IllegalStateException("start_response called a second time without providing exc_info.");
        }
        head = compose(status, headers);
        return this::write;
    }

    @Override
    public Write restart(String status, List<Header> headers, Exception failure) throws Exception {
        if (headSent) {
            throw failure;
        }
        head = compose(status, headers);
        return this::write;
    }

    private ResponseHead compose(String status, List<Header> headers) {
        ResponseHead composed = new ResponseHead();
        byte[] text = latin1(status);
        composed.start(text, 0, text.length);
        for (Header header : headers) {
            byte[] name = latin1(header.name());
            byte[] value = latin1(header.value());
            composed.field(name, 0, name.length, value, 0, value.length);
        }
        unknownStatuses.note(composed);
        return composed;
    }

    private static byte[] latin1(String text) {
        if (text.length() > ResponseHead.MOST_FIELD_BYTES) {
            throw new IllegalArgumentException(
                    "text of " + text.length() + " characters in a head, limit " + ResponseHead.MOST_FIELD_BYTES);
        }
        if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("\"" + Printable.of(text) + "\" has a character beyond U+00FF");
        }
        return Ascii.bytes(text);
    }

    private void write(byte[] block) throws IOException {
        if (over) {
            throw new IllegalStateException("write was called after the end of the response");
        }
        sendHead();
        written += block.length;
        try {
            stream.body(block.clone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }
}
