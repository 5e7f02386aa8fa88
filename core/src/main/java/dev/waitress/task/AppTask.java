package dev.waitress.task;

import dev.waitress.buffer.FileRegion;
import dev.waitress.gateway.Environ;
import dev.waitress.gateway.Request;
import dev.waitress.gateway.Response;
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
import java.io.PrintWriter;
import java.io.StringWriter;
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

    /** Until the thread takes it, or its client goes. */
    private final AtomicReference<@Nullable Request> waiting;

    private final ResponseStream stream;

    /** What start_response was given; null until it is called. */
    private @Nullable ResponseHead head;

    private boolean headSent;

    /** Bytes that the application sent by {@code write}. */
    private long written;

    /** Whether the stream knows how the response ends. */
    private boolean ended;

    AppTask(Request request, Response response, Executor loop, Settings settings) {
        this.waiting = new AtomicReference<>(request);
        this.stream =
                new ResponseStream(response, loop, settings.get(Setting.OUTBUF_HIGH_WATERMARK), this::dropUnbegun);
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
        Map<String, Object> environ = environ(request, constants, variables);
        // Taken now: applications move parts of the path to SCRIPT_NAME.
        Object path = environ.get("PATH_INFO");
        try (InputStream input = request.body().open()) {
            environ.put("wsgi.input", input);
            answer(application, environ);
        } catch (ClientDisconnectedException e) {
            LOG.log(Level.INFO, "Client disconnected while serving " + Printable.of(String.valueOf(path)));
        } catch (Throwable e) { // an Error of the application must not end the thread either
            failed(String.valueOf(path), e);
        } finally {
            releaseBody(request);
        }
    }

    /** The client is gone: what it sent need not wait any longer, however long the threads are busy. */
    private void dropUnbegun() {
        Request request = waiting.getAndSet(null);
        if (request != null) {
            releaseBody(request);
        }
    }

    /** The end of the answer, after which nothing is left to do. */
    void handOver() {
        stream.handOver();
    }

    private void failed(String path, Throwable failure) {
        String traceback = "";
        try {
            traceback = traceback(failure);
            LOG.log(Level.ERROR, "Exception while serving " + Printable.of(path), failure);
        } catch (RuntimeException e) {
            // It cannot even be printed, or a handler of the application's logging fails: the client must not suffer.
        } finally {
            stream.fail(traceback);
        }
    }

    private static void releaseBody(Request request) {
        try {
            request.body().close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove a spooled request body", e);
        }
    }

    private static String traceback(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
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
            headSent = true;
            ended = true;
            stream.send(requireHead(), blocks.isEmpty() ? new byte[0] : blocks.get(0));
            return;
        }
        for (byte[] block : body) {
            if (block.length > 0) {
                sendHead();
                stream.body(block);
            }
        }
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

    private static ResponseHead compose(String status, List<Header> headers) {
        ResponseHead composed = new ResponseHead();
        byte[] text = latin1(status);
        composed.start(text, 0, text.length);
        for (Header header : headers) {
            byte[] name = latin1(header.name());
            byte[] value = latin1(header.value());
            composed.field(name, 0, name.length, value, 0, value.length);
        }
        return composed;
    }

    private static byte[] latin1(String text) {
        if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("\"" + text + "\" has a character beyond U+00FF");
        }
        return Ascii.bytes(text);
    }

    private void write(byte[] block) throws IOException {
        sendHead();
        written += block.length;
        try {
            stream.body(block);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }
}
